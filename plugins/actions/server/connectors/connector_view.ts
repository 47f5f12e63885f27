import type { ConnectorView, DecryptedConnector } from '../types.ts';
import type { StoredConnector } from './connector_store.ts';

/** A stored connector as callers see it; the copy of the auth type in the config is part of the contract. */
export function viewOf(
  connector: StoredConnector,
  oauthProblem?: ConnectorView['oauthProblem'],
): ConnectorView {
  return {
    id: connector.id,
    name: connector.name,
    connectorTypeId: connector.connectorTypeId,
    config: connector.config,
    isMissingSecrets: connector.isMissingSecrets,
    authMode: connector.authMode,
    ...(oauthProblem === undefined ? {} : { oauthProblem }),
    ...FLAGS,
    isPreconfigured: false,
  };
}

/** A preconfigured connector; its config is shown only when its entry says so. */
export function preconfiguredViewOf(
  connector: DecryptedConnector,
  exposeConfig: boolean,
): ConnectorView {
  return {
    id: connector.id,
    name: connector.name,
    connectorTypeId: connector.connectorTypeId,
    ...(exposeConfig ? { config: connector.config } : {}),
    authMode: connector.authMode,
    ...FLAGS,
    isPreconfigured: true,
  };
}

const FLAGS = {
  isSystemAction: false,
  isDeprecated: false,
  isConnectorTypeDeprecated: false,
} as const;
