import { enabledActionsOf } from '@latchkey/connector-specs';
import type { DecryptedConnector } from '../connector_data/index.ts';
import type { ConnectorSummary, ConnectorView } from '../types.ts';
import type { StoredConnector } from './connector_store.ts';

/**
 * A stored connector in API terms. The copy of the auth type in the config is part of the contract.
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

/** A preconfigured connector in API terms. Its config is shown only if its entry says so. */
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

/** A connector as callers need it before they execute it. */
export function summaryOf(
  connector: Pick<StoredConnector, 'id' | 'name' | 'connectorTypeId' | 'authMode' | 'config'>,
): ConnectorSummary {
  const { id, name, connectorTypeId, authMode } = connector;
  return { id, name, connectorTypeId, authMode, ...enabledIn(connector) };
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
