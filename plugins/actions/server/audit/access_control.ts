import { HttpError, type Principal } from '@latchkey/core/server';
import type { Audit, AuditOutcome, SecurityStart } from '@latchkey/security-plugin/server';
import { narrowPrincipal } from './narrow_principal.ts';

/**
 * Privileges of the feature `actions`. `read` may execute connectors and manage the user's own
 * authorization, but not create, update or delete connectors.
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

/** Operations on connectors that have a privilege. */
export type ConnectorOperation =
  | 'get'
  | 'execute'
  | 'execute-oauth'
  | 'create'
  | 'update'
  | 'delete';

/** Operations in the audit trail. Each needs one of the privileges. */
type AuditedOperation =
  | ConnectorOperation
  | 'find'
  | 'oauth-start'
  | 'oauth-connect'
  | 'get-access-token';

/** Verbs for "User … connector [x]", in the past and as infinitive. */
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
 * Frequent operations that change nothing in the store. Their events are written in batches, so
 * `kill -9` can lose the last ones, though an execution has already changed something at a service.
 * The event of an access token that leaves the server does not wait.
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
   * Checks a privilege of the principal.
   * @throws HttpError 403, after an audit event, when the principal lacks the privilege in its
   * space
   */
  async ensure(
    principal: Principal,
    operation: ConnectorOperation,
    connectorId?: string,
  ): Promise<void> {
    if (await this.holds(principal, operation)) return;
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
   * Returns `true` if the principal has the privilege in its space. Writes no event, for callers
   * with their own event.
   */
  async holds(principal: Principal, operation: ConnectorOperation): Promise<boolean> {
    const missing = await this.#security.missingPrivileges(principal, [`actions:${operation}`]);
    return missing.length === 0;
  }

  /**
   * Writes one event about a connector. `unknown` is written before a change, so that a crash
   * cannot hide the change.
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
