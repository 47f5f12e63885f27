import { HttpError, type Principal } from '@latchkey/core/server';
import type { Audit, AuditOutcome, SecurityStart } from '@latchkey/security-plugin/server';
import { narrowPrincipal } from './narrow_principal.ts';

/**
 * Privileges of the feature `actions`, by level of a role. `read` includes executing connectors and
 * managing the user's own authorization, but not creating, updating or deleting connectors.
 */
export const ACTIONS_PRIVILEGES = {
  all: [
    'actions:get',
    'actions:execute',
    'actions:execute-oauth',
    'actions:create',
    'actions:update',
    'actions:delete',
  ],
  read: ['actions:get', 'actions:execute', 'actions:execute-oauth'],
} as const;

/** Operations on connectors that require a privilege. */
export type ConnectorOperation =
  | 'get'
  | 'execute'
  | 'execute-oauth'
  | 'create'
  | 'update'
  | 'delete';

/** Operations on connectors that are recorded in the audit trail. */
type AuditedOperation =
  | ConnectorOperation
  | 'find'
  | 'oauth-start'
  | 'oauth-connect'
  | 'get-access-token';

/** Verbs for the sentence "User … connector [x]": past participle and infinitive. */
const VERBS: Record<AuditedOperation, { readonly done: string; readonly toDo: string }> = {
  get: { done: 'read', toDo: 'read' },
  find: { done: 'listed', toDo: 'list' },
  execute: { done: 'executed', toDo: 'execute' },
  'execute-oauth': {
    done: 'managed their own authorization of',
    toDo: 'manage the authorization of',
  },
  'oauth-start': { done: 'started to authorize', toDo: 'start to authorize' },
  'oauth-connect': { done: 'authorized', toDo: 'authorize' },
  'get-access-token': { done: 'was given an access token of', toDo: 'get an access token of' },
  create: { done: 'created', toDo: 'create' },
  update: { done: 'updated', toDo: 'update' },
  delete: { done: 'deleted', toDo: 'delete' },
};

/**
 * Frequent operations that change no stored connector. To be fast, their audit events are written
 * in batches, so a killed process can lose the last events, even those of executions that changed
 * something at a service. The event of an access token that leaves the server is written
 * immediately.
 */
const WRITTEN_IN_BATCHES: ReadonlySet<AuditedOperation> = new Set(['get', 'find', 'execute']);

/**
 * Checks privileges in the principal's space and writes the audit trail of allowed and refused
 * operations.
 */
export class AccessControl {
  readonly #security: Pick<SecurityStart, 'missingPrivileges'>;
  readonly #audit: Audit;

  constructor(security: Pick<SecurityStart, 'missingPrivileges'>, audit: Audit) {
    this.#security = security;
    this.#audit = audit;
  }

  /**
   * Checks that the principal may perform the operation in its space.
   * @throws HttpError 403, after an audit event was written, when the principal lacks the privilege
   */
  async ensure(
    principal: Principal,
    operation: ConnectorOperation,
    connectorId?: string,
  ): Promise<void> {
    if (await this.allows(principal, operation)) return;
    const privilege = `actions:${operation}`;
    this.#audit.log(narrowPrincipal(principal), {
      action: actionOf(operation),
      outcome: 'failure',
      message: `User may not ${VERBS[operation].toDo} ${nameOf(connectorId)}`,
      errorCode: 'forbidden',
      ...savedObject(connectorId),
    });
    throw new HttpError(
      403,
      `Unauthorized to ${operation} actions: missing privilege [${privilege}]`,
    );
  }

  /**
   * Returns `true` if the principal has the privilege in its space. Writes no audit event, because
   * the callers write their own.
   */
  async allows(principal: Principal, operation: ConnectorOperation): Promise<boolean> {
    const missing = await this.#security.missingPrivileges(principal, [`actions:${operation}`]);
    return missing.length === 0;
  }

  /**
   * Writes one audit event about a connector. The outcome `unknown` is recorded before a change is
   * made, so that a crash cannot leave a change without an event.
   */
  record(
    principal: Principal,
    event: {
      readonly operation: AuditedOperation;
      readonly outcome: AuditOutcome;
      readonly connectorId?: string;
      readonly errorCode?: string | undefined;
    },
  ): void {
    const { operation, outcome, connectorId, errorCode } = event;
    this.#audit.log(narrowPrincipal(principal), {
      action: actionOf(operation),
      outcome,
      message: `User ${phraseOf(operation, outcome)} ${nameOf(connectorId)}`,
      ...savedObject(connectorId),
      ...(errorCode === undefined ? {} : { errorCode }),
      mayWait: WRITTEN_IN_BATCHES.has(operation),
    });
  }
}

function actionOf(operation: AuditedOperation): string {
  return `connector_${operation.replaceAll('-', '_')}`;
}

function phraseOf(operation: AuditedOperation, outcome: AuditOutcome): string {
  const { done, toDo } = VERBS[operation];
  if (outcome === 'success') return done;
  return outcome === 'unknown' ? `is about to ${toDo}` : `failed to ${toDo}`;
}

function nameOf(connectorId: string | undefined): string {
  return connectorId === undefined ? 'connectors' : `connector [${connectorId}]`;
}

function savedObject(connectorId: string | undefined): {
  savedObject?: { type: string; id: string };
} {
  return connectorId === undefined ? {} : { savedObject: { type: 'action', id: connectorId } };
}
