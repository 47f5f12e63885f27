import type { ActionsClient, ActionsStart, ConnectorView, ExecutionResult } from './types.ts';

/** A connector in API terms, for tests of other plugins. */
export const aConnectorView = (over: Partial<ConnectorView> = {}): ConnectorView => ({
  id: 'connector-1',
  name: 'Drive',
  connectorTypeId: '.google_drive',
  config: {},
  isMissingSecrets: false,
  authMode: 'per-user',
  isPreconfigured: false,
  isSystemAction: false,
  isDeprecated: false,
  isConnectorTypeDeprecated: false,
  ...over,
});

/** Start contract for tests. The client returns what the test sets and records every execution. */
export function createActionsStartMock(
  over: Partial<ActionsClient> = {},
): ActionsStart & { readonly executed: Parameters<ActionsClient['execute']>[0][] } {
  const executed: Parameters<ActionsClient['execute']>[0][] = [];
  const client: ActionsClient = {
    execute: async (request): Promise<ExecutionResult> => {
      executed.push(request);
      return { connectorId: request.connectorId, status: 'ok', data: {} };
    },
    getOAuthAccessToken: async () => 'Bearer development-token',
    get: async () => aConnectorView(),
    getAll: async () => [aConnectorView()],
    ...over,
  };
  return { executed, getActionsClient: () => client };
}
