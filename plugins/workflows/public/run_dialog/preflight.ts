/** A connector that steps of a workflow use, as the check before a run found it. */
export interface CheckedConnector {
  readonly steps: readonly { readonly stepId: string; readonly line: number }[];
  /** Text of `connector-id` in the workflow. Empty: the step has none. */
  readonly reference: string;
  readonly state: 'found' | 'missing' | 'placeholder' | 'ambiguous' | 'computed';
  readonly id?: string | undefined;
  readonly name?: string | undefined;
  /** `true`: each user connects an own account. */
  readonly personal?: boolean | undefined;
  /** Status of the user's connection to the connector. */
  readonly status?: string | undefined;
  readonly accountLabel?: string | undefined;
  readonly missingScopes?: readonly string[] | undefined;
  /** Actions that the steps use and that are not enabled in the connector. */
  readonly disabledActions?: readonly string[] | undefined;
}

/** Step that a connector needs before a run. */
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
  /** The connector is known only while the workflow runs. */
  | 'computed';

/**
 * Connection statuses with which calls fail. Statuses of a newer server are not included, because
 * they may be good.
 */
const NOT_CONNECTED: ReadonlySet<string> = new Set([
  'not_connected',
  'revocation_pending',
  'pending',
]);

/** Tells what has to be done about a connector before a run. */
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

/** Returns `true` if a run would wait for the user when it reaches a step with this connector. */
export function waitsForUser(connector: CheckedConnector): boolean {
  return ['connect', 'reconnect', 'site', 'permissions'].includes(readinessOf(connector));
}
