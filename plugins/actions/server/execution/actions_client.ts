import type { Principal } from '@latchkey/core/server';
import type { ActionsClient, ConnectorSummary, ConnectorView } from '../types.ts';
import type { Executor } from './executor.ts';

/** Services of {@link createActionsClient}. */
export interface ActionsClientServices {
  readonly executor: Executor;
  readonly connectors: {
    get(principal: Principal, connectorId: string): Promise<ConnectorView>;
    find(principal: Principal, connectorId: string): Promise<ConnectorSummary | undefined>;
    getAll(principal: Principal): Promise<readonly ConnectorView[]>;
  };
}

/** Client for one user. Every method checks privileges in the user's space. */
export function createActionsClient(
  principal: Principal,
  { executor, connectors }: ActionsClientServices,
): ActionsClient {
  return {
    execute: (request) => executor.execute(principal, request),
    getOAuthAccessToken: (request) => executor.getOAuthAccessToken(principal, request),
    get: (connectorId) => connectors.get(principal, connectorId),
    find: (connectorId) => connectors.find(principal, connectorId),
    getAll: () => connectors.getAll(principal),
  };
}
