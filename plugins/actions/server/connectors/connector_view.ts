import { enabledActionsOf, idempotencyHeaderOf } from '@latchkey/connector-specs';
import type { DecryptedConnector } from '../connector_data/index.ts';
import type { ConnectorSummary, ConnectorView } from '../types.ts';
import type { StoredConnector } from './connector_store.ts';

/**
 * Maps a stored connector to the view that the API returns. The view keeps the copy of the auth
 * type in the config, as in Kibana.
 */
export function viewOf(
  connector: StoredConnector,
  found: {
    readonly oauthProblem?: ConnectorView['oauthProblem'] | undefined;
    readonly warnings?: readonly string[];
  } = {},
): ConnectorView {
  const { oauthProblem, warnings = [] } = found;
  const { createdAt, updatedAt } = connector;
  return {
    id: connector.id,
    name: connector.name,
    connectorTypeId: connector.connectorTypeId,
    ...(connector.isConfigLeftOut === true ? {} : { config: connector.config }),
    ...enabledIn(connector),
    isMissingSecrets: connector.isMissingSecrets,
    authMode: connector.authMode,
    ...(oauthProblem === undefined ? {} : { oauthProblem }),
    ...(warnings.length === 0 ? {} : { warnings }),
    ...(createdAt === undefined ? {} : { createdAt }),
    ...(updatedAt === undefined ? {} : { updatedAt }),
    ...FLAGS,
    isPreconfigured: false,
  };
}

/**
 * Maps a preconfigured connector to the view that the API returns. The view contains the config
 * only if `exposeConfig` is `true`.
 */
export function preconfiguredViewOf(
  connector: DecryptedConnector,
  exposeConfig: boolean,
  warnings: readonly string[] = [],
): ConnectorView {
  return {
    id: connector.id,
    name: connector.name,
    connectorTypeId: connector.connectorTypeId,
    ...(exposeConfig ? { config: connector.config } : {}),
    ...enabledIn(connector),
    authMode: connector.authMode,
    ...(warnings.length === 0 ? {} : { warnings }),
    ...FLAGS,
    isPreconfigured: true,
  };
}

/** Maps a connector to the properties that callers need before they execute it. */
export function summaryOf(
  connector: Pick<StoredConnector, 'id' | 'name' | 'connectorTypeId' | 'authMode' | 'config'>,
): ConnectorSummary {
  const { id, name, connectorTypeId, authMode, config } = connector;
  const idempotencyHeader = idempotencyHeaderOf(config);
  return {
    id,
    name,
    connectorTypeId,
    authMode,
    ...enabledIn(connector),
    ...(idempotencyHeader === undefined ? {} : { idempotencyHeader }),
  };
}

function enabledIn({
  config,
}: Pick<DecryptedConnector, 'config'>): Pick<ConnectorView, 'enabledActions'> {
  const enabledActions = enabledActionsOf(config);
  return enabledActions === undefined ? {} : { enabledActions };
}

const FLAGS = {
  isSystemAction: false,
  isDeprecated: false,
  isConnectorTypeDeprecated: false,
} as const;
