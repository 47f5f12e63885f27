import { HttpError, type Principal } from '@latchkey/core/server';
import type { Audit, SecurityStart } from '@latchkey/security-plugin/server';

/** Privileges of the feature `actions`. `read` holds all but the last three: it may run connectors and manage its own authorization. */
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

/** What a person wants to do with connectors. */
export type ConnectorOperation =
  | 'get'
  | 'execute'
  | 'execute-oauth'
  | 'create'
  | 'update'
  | 'delete';

/** Checks privileges in the principal's space and writes the audit trail of what was done and what was refused. */
export class AccessControl {
  readonly #security: Pick<SecurityStart, 'missingPrivileges'>;
  readonly #audit: Audit;

  constructor(security: Pick<SecurityStart, 'missingPrivileges'>, audit: Audit) {
    this.#security = security;
    this.#audit = audit;
  }

  /** @throws HttpError 403, after an audit event, when the principal lacks the privilege in its space */
  async ensure(
    principal: Principal,
    operation: ConnectorOperation,
    connectorId?: string,
  ): Promise<void> {
    const privilege = `actions:${operation}`;
    const missing = await this.#security.missingPrivileges(principal, [privilege]);
    if (missing.length === 0) return;
    this.#audit.log(principal, {
      action: `connector_${operation.replaceAll('-', '_')}`,
      outcome: 'failure',
      message: `User is not allowed to ${operation} ${nameOf(connectorId)}`,
      errorCode: 'forbidden',
      ...savedObject(connectorId),
    });
    throw new HttpError(
      403,
      `Unauthorized to ${operation} actions: missing privilege [${privilege}]`,
    );
  }

  /** One event about a connector. */
  record(
    principal: Principal,
    event: {
      readonly operation: ConnectorOperation | 'find' | 'oauth-connect';
      readonly outcome: 'success' | 'failure' | 'unknown';
      readonly connectorId?: string;
      readonly errorCode?: string | undefined;
    },
  ): void {
    const { operation, outcome, connectorId, errorCode } = event;
    const verb = outcome === 'unknown' ? `is about to ${operation}` : `${operation}:`;
    this.#audit.log(principal, {
      action: `connector_${operation.replaceAll('-', '_')}`,
      outcome,
      message: `User ${verb} ${nameOf(connectorId)}`,
      ...savedObject(connectorId),
      ...(errorCode === undefined ? {} : { errorCode }),
    });
  }
}

function nameOf(connectorId: string | undefined): string {
  return connectorId === undefined ? 'connectors' : `connector [${connectorId}]`;
}

function savedObject(connectorId: string | undefined): {
  savedObject?: { type: string; id: string };
} {
  return connectorId === undefined ? {} : { savedObject: { type: 'action', id: connectorId } };
}
