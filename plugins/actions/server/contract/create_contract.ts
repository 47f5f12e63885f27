import { serializeConnectorSpec, toOutputSchema } from '@latchkey/connector-specs';
import type { Principal } from '@latchkey/core/server';
import type { SecurityStart } from '@latchkey/security-plugin/server';
import type { ConnectorType, TypeRegistry } from '../connector_types/index.ts';
import type { VisibleConnectors } from '../connectors/index.ts';
import { createActionsClient, type Executor } from '../execution/index.ts';
import type { Connections, ConnectionView } from '../oauth/tokens/index.ts';
import type {
  ActionsStart,
  Connection,
  ConnectorActionView,
  ConnectorTypeDetails,
  ConnectorTypeView,
  DeferredUser,
} from '../types.ts';
import type { ConnectionChanges } from './connection_changes.ts';

/** Creates the contract for other plugins from the services of this plugin. */
export function createContract(services: {
  readonly types: TypeRegistry;
  readonly connectors: VisibleConnectors;
  readonly connections: Pick<Connections, 'ofUser'>;
  readonly executor: Executor;
  readonly changes: ConnectionChanges;
  readonly users: Pick<SecurityStart, 'deferredIdentity' | 'getDeferredUser'>;
}): ActionsStart {
  const { types, connectors, connections, executor, changes, users } = services;
  const principalOf = async (as: Principal | DeferredUser): Promise<Principal> =>
    'profileUid' in as ? { user: await users.getDeferredUser(as), spaceId: as.spaceId } : as;
  return {
    getActionsClient: (principal) =>
      createActionsClient(principal, {
        executor,
        connectors,
        actionsOfType: (id) => (types.has(id) ? serializedOf(types.get(id)).actions : []),
      }),
    deferredUser: (principal) => ({
      ...users.deferredIdentity(principal),
      spaceId: principal.spaceId,
    }),
    execute: async (as, request) =>
      executor.execute(await principalOf(as), request, { isDeferred: true }),
    executeSystemAction: async (as, request) =>
      executor.executeSystemAction(await principalOf(as), request),
    onConnectionChange: (listener) => changes.subscribe(listener),
    connectorTypes: {
      list: (filter) => types.list(filter).map((type) => typeView(type, types)),
      get: (id) => (types.has(id) ? typeDetails(types.get(id), types) : undefined),
    },
    connections: {
      of: async (principal, connectorIds, { isRepeated } = { isRepeated: false }) => {
        const wanted = connectorIds && [...new Set(connectorIds)];
        const found = await connectors.getAuthModes(principal, wanted, isRepeated);
        if (principal.user === undefined) return [];
        const personal = found.filter(({ authMode }) => authMode === 'per-user');
        const views = await connections.ofUser(principal.user.profileUid, personal);
        return [...views.values()].map(toConnection);
      },
    },
  };
}

function typeView(type: ConnectorType, types: TypeRegistry): ConnectorTypeView {
  return {
    id: type.id,
    name: type.name,
    description: type.description,
    isEnabled: types.isEnabled(type.id),
    minimumLicenseRequired: type.minimumLicenseRequired,
    isExperimental: type.isExperimental,
    supportedFeatureIds: [...type.supportedFeatureIds],
  };
}

function typeDetails(type: ConnectorType, types: TypeRegistry): ConnectorTypeDetails {
  return { ...typeView(type, types), ...serializedOf(type) };
}

type SerializedType = Pick<ConnectorTypeDetails, 'schema' | 'actions'>;

/**
 * Serialized types by spec. Cached, because agents and editors request the same actions often, and
 * specs do not change.
 */
const serializedTypes = new WeakMap<ConnectorType['spec'], SerializedType>();

function serializedOf({ spec }: ConnectorType): SerializedType {
  const known = serializedTypes.get(spec);
  if (known !== undefined) return known;
  const { schema, actions } = serializeConnectorSpec(spec);
  const withOutputs = actions.map((action): ConnectorActionView => {
    const output = spec.actions[action.name]?.output;
    return output === undefined ? action : { ...action, output: toOutputSchema(output) };
  });
  const serialized = { schema, actions: withOutputs };
  serializedTypes.set(spec, serialized);
  return serialized;
}

/**
 * Copies each field by name, so that a new field of the view does not reach other plugins by
 * accident.
 */
function toConnection(view: ConnectionView): Connection {
  return {
    connectorId: view.connectorId,
    status: view.status,
    statusSince: view.statusSince,
    lastError: view.lastError,
    expiresAt: view.expiresAt,
    account: view.account,
    scopes: view.scopes,
    missingScopes: view.missingScopes ?? [],
    connectedAt: view.connectedAt,
    lastUsedAt: view.lastUsedAt,
    isAccountChangePending: view.accountChange !== undefined,
  };
}
