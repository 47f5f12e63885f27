import { HttpError } from '@latchkey/core/server';
import type {
  ActionsClient,
  ActionsStart,
  Connection,
  ConnectionChange,
  ConnectorTypeDetails,
  ConnectorView,
  ExecutionResult,
} from './types.ts';

/** Creates the API view of a connector, for tests of other plugins. */
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

/** Creates a connection, for tests of other plugins. */
export const aConnection = (over: Partial<Connection> = {}): Connection => ({
  connectorId: 'connector-1',
  status: 'connected',
  statusSince: undefined,
  lastError: undefined,
  expiresAt: undefined,
  account: undefined,
  scopes: undefined,
  missingScopes: [],
  connectedAt: undefined,
  lastUsedAt: undefined,
  isAccountChangePending: false,
  ...over,
});

/** Start contract for tests of other plugins, with members to inspect calls and trigger changes. */
export interface ActionsStartMock extends ActionsStart {
  /** Requests of all executions, in order. */
  readonly executed: Parameters<ActionsClient['execute']>[0][];
  /** Calls all listeners of connection changes. */
  changeConnection(change: ConnectionChange): Promise<void>;
}

/**
 * Creates a start contract for tests. Its client returns what the test has set, and records each
 * execution.
 * @param data connector types and connections that the contract returns. Default: none
 */
export function createActionsStartMock(
  over: Partial<ActionsClient> = {},
  data: {
    readonly types?: readonly ConnectorTypeDetails[];
    readonly connections?: readonly Connection[];
  } = {},
): ActionsStartMock {
  const { types = [], connections = [] } = data;
  const executed: Parameters<ActionsClient['execute']>[0][] = [];
  const client: ActionsClient = {
    execute: async (request): Promise<ExecutionResult> => {
      executed.push(request);
      return { connectorId: request.connectorId, status: 'ok', data: {} };
    },
    getOAuthAccessToken: async () => 'Bearer development-token',
    get: async () => aConnectorView(),
    find: async (connectorId) => (await client.getAll()).find(({ id }) => id === connectorId),
    getAll: async () => [aConnectorView()],
    getActions: async () => [],
    ...over,
  };
  const listeners = new Set<(change: ConnectionChange) => void | Promise<void>>();
  return {
    executed,
    changeConnection: async (change) => {
      await Promise.all([...listeners].map(async (listener) => listener(change)));
    },
    getActionsClient: () => client,
    deferredUser: ({ user, spaceId }) => {
      if (user === undefined) throw new HttpError(403, 'Work without a user cannot be deferred');
      return { profileUid: user.profileUid, apiKeyId: user.apiKeyId ?? null, spaceId };
    },
    execute: (_as, request) => client.execute(request),
    executeSystemAction: (_as, { connectorTypeId, ...request }) =>
      client.execute({ ...request, connectorId: `system-connector-${connectorTypeId}` }),
    connectorTypes: { list: () => types, get: (id) => types.find((type) => type.id === id) },
    connections: { of: async () => connections },
    onConnectionChange: (listener) => {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
  };
}
