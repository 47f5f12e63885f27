import { ConnectorConfigurationError } from '../oauth/strategies/index.ts';
import type { DecryptedConnector, ProviderClientFactory } from '../types.ts';

/**
 * Whether grants made under `before` may be used under `after`: same hosts, same client. A token shared by everybody costs nothing to
 * request again, so any change of secrets drops it.
 */
export function grantsSurvive(
  before: DecryptedConnector,
  after: DecryptedConnector,
  clients: ProviderClientFactory,
): boolean {
  if (before.authMode === 'shared')
    return JSON.stringify(before.secrets) === JSON.stringify(after.secrets);
  const [old, next] = [before, after].map((connector) => fingerprintOf(connector, clients));
  return old === next;
}

/** `undefined`: there never could be a grant. */
function fingerprintOf(
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
