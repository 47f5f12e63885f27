import { dialectOf, type OAuthClientConfiguration } from '@latchkey/oauth-client';
import type { DecryptedConnector } from '../../connector_data/index.ts';
import { AUTHORIZATION_CODE, AuthorizationCodeStrategy } from './authorization_code.ts';
import {
  CLIENT_CREDENTIALS,
  CLIENT_CREDENTIALS_WITH_KEY,
  ClientCredentialsStrategy,
} from './client_credentials.ts';
import { ConnectorConfigurationError } from './configuration_error.ts';
import { type OAuthConnectorType, withResolvedProvider } from './connector_provider.ts';
import { EARS, EarsStrategy } from './ears.ts';
import { type ProviderClientDeps, ProviderProtocol } from './protocol_calls.ts';
import type { ProviderClient, ProviderClientFactory } from './provider_client.ts';
import { isSameOrigin } from './same_site.ts';

interface Strategy {
  clientOf(connector: DecryptedConnector, entry: OAuthConnectorType | undefined): ProviderClient;
}

/** Creates the factory of provider clients. It has no state. */
export function createProviderClients(deps: ProviderClientDeps): ProviderClientFactory {
  return new ProviderClients(deps);
}

class ProviderClients implements ProviderClientFactory {
  readonly #deps: Pick<
    ProviderClientDeps,
    'findConnectorType' | 'logger' | 'trustedRevocationOrigins'
  >;
  readonly #protocol: ProviderProtocol;
  readonly #authorizationCode: AuthorizationCodeStrategy;
  /** Strategies by auth type. Auth types without tokens have none. */
  readonly #strategies: ReadonlyMap<string, Strategy>;

  constructor(deps: ProviderClientDeps) {
    this.#deps = deps;
    this.#protocol = new ProviderProtocol(deps);
    this.#authorizationCode = new AuthorizationCodeStrategy(this.#protocol, deps);
    const clientCredentials = new ClientCredentialsStrategy(this.#protocol, deps);
    this.#strategies = new Map<string, Strategy>([
      [AUTHORIZATION_CODE, this.#authorizationCode],
      [EARS, new EarsStrategy(this.#protocol, deps)],
      [CLIENT_CREDENTIALS, clientCredentials],
      [CLIENT_CREDENTIALS_WITH_KEY, clientCredentials],
    ]);
  }

  forConnector(connector: DecryptedConnector): ProviderClient {
    const strategy = this.#strategies.get(connector.authType);
    if (strategy === undefined) {
      throw new ConnectorConfigurationError(
        'not_oauth',
        connector.id,
        `Connector [${connector.id}] uses the auth type [${connector.authType}], which has no OAuth authorization.`,
      );
    }
    return strategy.clientOf(connector, this.#entryOf(connector));
  }

  resolveRevocationClient(
    connector: DecryptedConnector,
  ): Pick<ProviderClient, 'fingerprint' | 'configuration'> {
    return connector.authType === AUTHORIZATION_CODE
      ? this.#authorizationCode.revocationClientOf(connector, this.#entryOf(connector))
      : this.forConnector(connector);
  }

  forConfiguration(configuration: OAuthClientConfiguration): Pick<ProviderClient, 'revoke'> {
    const { revoke } = this.#protocol.callsOf(this.#withoutRefusedRevocation(configuration));
    return { revoke };
  }

  /**
   * Returns the connector type with its provider definition.
   * @throws ConnectorConfigurationError when a config value does not fit the definition
   */
  #entryOf(connector: DecryptedConnector): OAuthConnectorType | undefined {
    const type = this.#deps.findConnectorType(connector.connectorTypeId);
    return type && withResolvedProvider(type, connector);
  }

  /**
   * Removes a revocation endpoint that is refused today. A configuration in the outbox may come
   * from an older version, which accepted any revocation URL. Newer versions store what confirms a
   * revocation URL on another origin.
   */
  #withoutRefusedRevocation(configuration: OAuthClientConfiguration): OAuthClientConfiguration {
    const { registeredClient } = dialectOf(configuration);
    if (registeredClient?.revocationEndpoint === undefined) return configuration;
    const { revocationEndpoint: uri, tokenEndpoint, revocationVoucher } = registeredClient;
    if (revocationVoucher !== undefined) return configuration;
    const { trustedRevocationOrigins, logger } = this.#deps;
    const origin = URL.parse(uri)?.origin ?? '';
    if (isSameOrigin(uri, tokenEndpoint) || trustedRevocationOrigins.has(origin))
      return configuration;
    logger.warn(
      `No token is sent to the revocation URL at ${origin}: it is not on the origin of the token URL and not confirmed by the connector type, an issuer or an operator. Grants end on this server, but are not revoked at the provider.`,
    );
    return { ...registeredClient, revocationEndpoint: undefined };
  }
}
