import { SavedObjectError } from '@latchkey/saved-objects';
import {
  AUTHORIZATION_CODE,
  ConnectorConfigurationError,
  isCheckOf,
  statedIssuer,
} from '../oauth/strategies/index.ts';
import type { DecryptedConnector, GrantClients } from '../types.ts';
import type { ConnectorStore, StoredConnector } from './connector_store.ts';

/** What an administrator should look at although it works (attack 20). Empty for settings that are not complete: executions report those. */
export function connectorWarnings(
  connector: DecryptedConnector,
  clients: GrantClients,
): readonly string[] {
  if (connector.authType !== AUTHORIZATION_CODE) return [];
  return [...endpointWarnings(connector, clients), ...checkWarnings(connector)];
}

/** As {@link connectorWarnings}, of a connector whose endpoints are still among its encrypted secrets. Unreadable ones have nothing to warn of. */
export async function warningsOfStored(
  { authType, id, spaceId }: StoredConnector,
  { store, clients }: { readonly store: ConnectorStore; readonly clients: GrantClients },
): Promise<readonly string[]> {
  if (authType !== AUTHORIZATION_CODE) return [];
  try {
    const connector = await store.readForChange(id, spaceId);
    return connector === undefined ? [] : connectorWarnings(connector, clients);
  } catch (error) {
    // The connector itself was read, and says with its other members what is wrong.
    if (error instanceof SavedObjectError) return [];
    throw error;
  }
}

function endpointWarnings(connector: DecryptedConnector, clients: GrantClients): readonly string[] {
  try {
    return clients.forConnector(connector).warnings ?? [];
  } catch (error) {
    if (error instanceof ConnectorConfigurationError) return [];
    throw error;
  }
}

function checkWarnings(connector: DecryptedConnector): readonly string[] {
  const stated = statedIssuer(connector);
  const { issuerCheck } = connector;
  if (stated === undefined || !isCheckOf(issuerCheck, stated)) return [];
  return issuerCheck?.warnings ?? [];
}
