import { providerOf, sendsClientSecretInBody } from '@latchkey/connector-specs';
import type { Egress } from '@latchkey/egress';
import { clientProviderOf, type StandardClient } from '@latchkey/oauth-client';
import type { ProviderDefinition } from '@latchkey/oauth-providers';
import type { DecryptedConnector } from '../../connector_data/index.ts';
import { ConnectorConfigurationError } from './configuration_error.ts';
import {
  factsFor,
  grantLimits,
  type OAuthConnectorType,
  providerFactsOf,
  withEndpointsOf,
} from './connector_provider.ts';
import { grantFingerprint } from './grant_fingerprint.ts';
import { readOAuthSettings, requireSettings } from './oauth_settings.ts';
import {
  type ProviderClientDeps,
  type ProviderProtocol,
  unsupportedCall,
} from './protocol_calls.ts';
import type { ProviderClient } from './provider_client.ts';
import { providerKeyOf } from './provider_key.ts';
import { audienceRefusal } from './settings_refusals.ts';
import { clientIdentity, storedConfiguration } from './standard_client.ts';

/** Auth type of connectors whose application authenticates with a client secret. */
export const CLIENT_CREDENTIALS = 'oauth_client_credentials';
/**
 * Auth type of connectors whose application authenticates with a key instead of a client secret.
 */
export const CLIENT_CREDENTIALS_WITH_KEY = 'oauth_client_credentials_private_key_jwt';

/** Creates the clients of connectors whose application has one token for all users. */
export class ClientCredentialsStrategy {
  readonly #protocol: ProviderProtocol;
  readonly #egress: Pick<Egress, 'ensureUriAllowed'>;

  constructor(protocol: ProviderProtocol, deps: Pick<ProviderClientDeps, 'egress'>) {
    this.#protocol = protocol;
    this.#egress = deps.egress;
  }

  /**
   * Creates the client for the token of the application, which all users share.
   * @throws ConnectorConfigurationError `oauth_incomplete`
   */
  clientOf(connector: DecryptedConnector, entry: OAuthConnectorType | undefined): ProviderClient {
    const { configuration, provider } = readConfiguration(connector, entry);
    const refusal = audienceRefusal(connector, configuration);
    if (refusal !== undefined)
      throw new ConnectorConfigurationError(refusal.code, connector.id, refusal.message);
    const { authType } = connector;
    const noUser = () => unsupportedCall(authType, 'authorization by a user');
    const endpoints = [configuration.tokenEndpoint, configuration.revocationEndpoint].filter(
      (uri) => uri !== undefined,
    );
    return {
      authType,
      fingerprint: grantFingerprint(connector, configuration, { entry }),
      providerKey: providerKeyOf(configuration.tokenEndpoint),
      configuration: storedConfiguration(configuration),
      ...grantLimits(provider),
      ensureEndpointsAllowed: () => {
        for (const uri of endpoints) this.#egress.ensureUriAllowed(uri);
      },
      buildAuthorizationUrl: () => {
        throw noUser();
      },
      checkIssuer: () => {
        throw noUser();
      },
      ...this.#protocol.callsOf(configuration),
      exchangeCode: async () => {
        throw noUser();
      },
      requestSharedToken: (signal) => this.#protocol.sharedToken(configuration, signal),
    };
  }
}

function readConfiguration(
  connector: DecryptedConnector,
  entry: OAuthConnectorType | undefined,
): { readonly configuration: StandardClient; readonly provider: ProviderDefinition | undefined } {
  const settings = withEndpointsOf(entry && providerOf(entry), readOAuthSettings(connector));
  const provider = providerFactsOf(entry, connector, settings);
  const { tokenUrl } = requireSettings(connector, settings, ['tokenUrl']);
  const facts = factsFor(entry, connector.authType, { authorizationUrl: tokenUrl, tokenUrl });
  const configuration: StandardClient = {
    dialect: 'standard',
    // A required member that is never used, because client credentials need no authorization
    // endpoint. It does not change the fingerprint, which contains the host of the token endpoint
    // anyway.
    authorizationEndpoint: tokenUrl,
    tokenEndpoint: tokenUrl,
    revocationEndpoint: facts.revocationUrl,
    ...clientIdentity(connector, settings, provider),
    ...(provider === undefined ? {} : { provider: clientProviderOf(provider) }),
    ...(sendsClientSecretInBody(connector.config)
      ? { tokenEndpointAuthMethod: 'client_secret_post' as const }
      : {}),
  };
  return { configuration, provider };
}
