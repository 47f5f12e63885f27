import { HttpError, type Principal } from '@latchkey/core/server';
import type { AccessControl } from '../audit/index.ts';
import type { ActionsClient, ConnectorReader, ConnectorView, TokenService } from '../types.ts';
import { executeAction } from './execute_action.ts';
import type { ExecutionDeps } from './execution_deps.ts';

/** What an {@link ActionsClient} stands on. */
export interface ActionsClientDeps {
  readonly connectors: ConnectorReader;
  readonly views: {
    get(principal: Principal, connectorId: string): Promise<ConnectorView>;
    getAll(principal: Principal): Promise<readonly ConnectorView[]>;
  };
  readonly tokens: TokenService;
  readonly execution: ExecutionDeps;
  readonly access: AccessControl;
}

/** One person's client. Every method checks privileges in the person's space; what they may not see does not exist for them. */
export function createActionsClient(principal: Principal, deps: ActionsClientDeps): ActionsClient {
  const executable = async (connectorId: string) => {
    await deps.access.ensure(principal, 'execute', connectorId);
    const connector = await deps.connectors.readDecrypted(connectorId, principal.spaceId);
    if (connector === undefined) throw new HttpError(404, `Connector [${connectorId}] not found`);
    return connector;
  };
  return {
    execute: async ({ connectorId, params, signal }) => {
      const connector = await executable(connectorId);
      const result = await executeAction(
        { connector, params, profileUid: principal.user?.profileUid, signal: signal ?? NEVER },
        deps.execution,
      );
      deps.access.record(principal, {
        operation: 'execute',
        outcome: result.status === 'ok' ? 'success' : 'failure',
        connectorId,
        errorCode: result.authorizationReason,
      });
      return result;
    },
    getOAuthAccessToken: async ({ connectorId, signal }) => {
      const connector = await executable(connectorId);
      const profileUid = principal.user?.profileUid;
      const token = await deps.tokens.getToken({
        connector,
        profileUid,
        ...(signal === undefined ? {} : { signal }),
      });
      return token.authorization;
    },
    get: (connectorId) => deps.views.get(principal, connectorId),
    getAll: () => deps.views.getAll(principal),
  };
}

/** For callers that bring no signal of their own. */
const NEVER = new AbortController().signal;
