import type { ActionsClient, ActionsStart, ConnectorView, ExecutionResult } from './types.ts';

/** A connector as the API shows it, for tests of neighbours. */
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

/** A start contract whose client answers what the test says; every execution is recorded. */
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
