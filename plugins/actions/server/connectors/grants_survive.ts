import type { DecryptedConnector } from '../connector_data/index.ts';
import {
  ConnectorConfigurationError,
  type ProviderClientFactory,
} from '../oauth/strategies/index.ts';

/**
 * Returns `true` if grants of the connector `before` may be used with the connector `after`,
 * because hosts and client are the same. A shared token is kept only if no secret changed, because
 * the server can request a new one at any time.
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
 * Returns the fingerprint of the client of a connector. `undefined`: the connector has no OAuth
 * client, so it has no grants.
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
