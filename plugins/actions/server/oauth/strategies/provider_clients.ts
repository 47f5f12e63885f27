import { dialectOf, type OAuthClientConfiguration } from '@latchkey/oauth-client';
import type { DecryptedConnector } from '../../connector_data/index.ts';
import {
  AUTHORIZATION_CODE,
  authorizationCodeClient,
  authorizationCodeRevoker,
} from './authorization_code.ts';
import { CLIENT_CREDENTIALS, clientCredentialsClient } from './client_credentials.ts';
import { ConnectorConfigurationError } from './configuration_error.ts';
import { EARS, earsClient } from './ears.ts';
import { type ProviderClientDeps, protocolCalls } from './protocol_calls.ts';
import type { ProviderClient, ProviderClientFactory } from './provider_client.ts';
import type { ProviderEntry } from './provider_facts.ts';
import { isSameOrigin } from './same_site.ts';

type Strategy = (
  connector: DecryptedConnector,
  entry: ProviderEntry | undefined,
  deps: ProviderClientDeps,
) => ProviderClient;

/** One row per auth type that needs a token. */
const STRATEGIES: ReadonlyMap<string, Strategy> = new Map([
  [AUTHORIZATION_CODE, authorizationCodeClient],
  [EARS, earsClient],
  [CLIENT_CREDENTIALS, clientCredentialsClient],
]);

/** Builds provider clients for connectors and for stored configurations. Holds no state. */
export function createProviderClients(deps: ProviderClientDeps): ProviderClientFactory {
  const { findProviderEntry } = deps;
  const forConnector = (connector: DecryptedConnector): ProviderClient => {
    const strategy = STRATEGIES.get(connector.authType);
    if (strategy === undefined) {
      throw new ConnectorConfigurationError(
        'not_oauth',
        connector.id,
        `Connector [${connector.id}] uses the auth type [${connector.authType}], which has no OAuth authorization.`,
      );
    }
    return strategy(connector, findProviderEntry(connector.connectorTypeId), deps);
  };
  return {
    forConnector,
    resolveRevocationClient: (connector) =>
      connector.authType === AUTHORIZATION_CODE
        ? authorizationCodeRevoker(connector, findProviderEntry(connector.connectorTypeId), deps)
        : forConnector(connector),
    forConfiguration: (configuration) => {
      const { revoke } = protocolCalls(withoutRefusedRevocation(configuration, deps), deps);
      return { revoke };
    },
  };
}

/**
 * Removes a revocation endpoint that is not allowed now. A configuration in the outbox may come
 * from a version that accepted any revocation URL. Newer versions store the source that confirms a
 * revocation URL on another origin.
 */
function withoutRefusedRevocation(
  configuration: OAuthClientConfiguration,
  { trustedRevocationOrigins, logger }: ProviderClientDeps,
): OAuthClientConfiguration {
  const { registeredClient } = dialectOf(configuration);
  if (registeredClient?.revocationEndpoint === undefined) return configuration;
  const { revocationEndpoint: uri, tokenEndpoint, revocationVoucher } = registeredClient;
  if (revocationVoucher !== undefined) return configuration;
  const origin = URL.parse(uri)?.origin ?? '';
  if (isSameOrigin(uri, tokenEndpoint) || trustedRevocationOrigins.has(origin))
    return configuration;
  logger.warn(
    `No token is sent to the revocation URL at ${origin}: it is not on the origin of the token URL and not confirmed by the connector type, an issuer or an operator. Grants end on this server only, not at the provider.`,
  );
  return { ...registeredClient, revocationEndpoint: undefined };
}
