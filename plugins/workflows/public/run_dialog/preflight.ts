/** A connector that steps of a workflow use, as the check before a run found it. */
export interface CheckedConnector {
  readonly steps: readonly { readonly stepId: string; readonly line: number }[];
  /** Text of `connector-id`. Empty: the step has none. */
  readonly reference: string;
  readonly state: 'found' | 'missing' | 'placeholder' | 'ambiguous' | 'computed';
  readonly id?: string | undefined;
  readonly name?: string | undefined;
  /** `true`: each user connects the own account. */
  readonly personal?: boolean | undefined;
  /** Status of the connection of the user. */
  readonly status?: string | undefined;
  readonly accountLabel?: string | undefined;
  readonly missingScopes?: readonly string[] | undefined;
  /** Actions of the steps that are not enabled in the connector. */
  readonly disabledActions?: readonly string[] | undefined;
}

/** Next step of the user with a connector before a run. */
export type Readiness =
  /** Nothing to do. */
  | 'ready'
  /** The user has to connect, or to connect again. */
  | 'connect'
  | 'reconnect'
  /** The user has to choose one of the sites of the account. */
  | 'site'
  /** The account lacks permissions that the step needs. */
  | 'permissions'
  /** An administrator has to enable an action, or the workflow has to use another connector. */
  | 'not_enabled'
  /** The workflow has to be corrected. */
  | 'missing'
  | 'placeholder'
  | 'ambiguous'
  /** Known only while the workflow runs. */
  | 'computed';

/** Statuses with which a call as the user fails. A status of a newer server may be good. */
const NOT_CONNECTED: ReadonlySet<string> = new Set([
  'not_connected',
  'revocation_pending',
  'pending',
]);

/** Tells what is left to do about a connector. */
export function readinessOf(connector: CheckedConnector): Readiness {
  const { state, personal, status = '', missingScopes = [], disabledActions = [] } = connector;
  if (state !== 'found') return state;
  if (disabledActions.length > 0) return 'not_enabled';
  if (personal !== true) return 'ready';
  if (NOT_CONNECTED.has(status)) return 'connect';
  if (status === 'needs_reauth') return 'reconnect';
  if (status === 'needs_site') return 'site';
  return missingScopes.length > 0 ? 'permissions' : 'ready';
}

/** Tells if a run would wait for the user at the start of a step. */
export function waitsForUser(connector: CheckedConnector): boolean {
  return ['connect', 'reconnect', 'site', 'permissions'].includes(readinessOf(connector));
}
