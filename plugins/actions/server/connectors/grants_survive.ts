import type { DecryptedConnector } from '../connector_data/index.ts';
import {
  ConnectorConfigurationError,
  type ProviderClientFactory,
} from '../oauth/strategies/index.ts';

/**
 * Returns `true` if grants of `before` may be used under `after`: same hosts, same client. A shared
 * token can be requested again at no cost, so any change of the secrets drops it.
 */
export function grantsSurvive(
  before: DecryptedConnector,
  after: DecryptedConnector,
  clients: ProviderClientFactory,
): boolean {
  if (
    before.authMode === 'shared' &&
    JSON.stringify(before.secrets) !== JSON.stringify(after.secrets)
  )
    return false;
  const [old, next] = [before, after].map((connector) => clientFingerprintOf(connector, clients));
  return old === next;
}

/**
 * Returns the fingerprint of the client of a connector. `undefined`: the connector can have no
 * grant.
 */
export function clientFingerprintOf(
  connector: DecryptedConnector,
  clients: ProviderClientFactory,
): string | undefined {
  try {
    return clients.resolveRevocationClient(connector).fingerprint;
  } catch (error) {
    if (error instanceof ConnectorConfigurationError) return undefined;
    throw error;
  }
}
