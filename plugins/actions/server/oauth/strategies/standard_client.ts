import type {
  ClientAssertion,
  StandardClient,
  TokenEndpointAuthMethod,
} from '@latchkey/oauth-client';
import type { ProviderDefinition } from '@latchkey/oauth-providers';
import type { DecryptedConnector } from '../../connector_data/index.ts';
import { type OAuthSettings, requireSettings } from './oauth_settings.ts';

/** The parts of a client that are the same for every grant type. */
type ClientIdentity = Pick<
  StandardClient,
  | 'clientId'
  | 'clientSecret'
  | 'clientAssertion'
  | 'tokenEndpointAuthMethod'
  | 'scope'
  | 'additionalFields'
> &
  Pick<StandardClient, 'accessTokenPath' | 'tokenTypePath' | 'tokenType'>;

/**
 * Returns the client id and client authentication of a connector.
 * @throws ConnectorConfigurationError `oauth_incomplete` when the client id is missing, or the
 * secret or key that the authentication method needs
 */
export function clientIdentity(
  connector: DecryptedConnector,
  settings: OAuthSettings,
  provider: ProviderDefinition | undefined,
): ClientIdentity {
  const tokenEndpointAuthMethod = authMethod(settings, provider);
  const { clientId } = requireSettings(connector, settings, ['clientId']);
  return {
    clientId,
    tokenEndpointAuthMethod,
    ...credentials(connector, settings, tokenEndpointAuthMethod),
    scope: settings.scope,
    additionalFields: settings.additionalFields,
    accessTokenPath: settings.accessTokenPath,
    tokenTypePath: settings.tokenTypePath,
    tokenType: settings.tokenType,
  };
}

/** Returns the secret or the key that the authentication method needs. */
function credentials(
  connector: DecryptedConnector,
  settings: OAuthSettings,
  method: TokenEndpointAuthMethod,
): Pick<StandardClient, 'clientSecret' | 'clientAssertion'> {
  switch (method) {
    case 'none':
      return {};
    case 'private_key_jwt': {
      const { privateKey } = requireSettings(connector, settings, ['privateKey']);
      return { clientAssertion: assertionOf(settings, privateKey) };
    }
    default:
      return requireSettings(connector, settings, ['clientSecret']);
  }
}

function assertionOf(settings: OAuthSettings, privateKey: string): ClientAssertion {
  return {
    privateKey,
    keyId: settings.keyId,
    algorithm: settings.signingAlgorithm,
    certificate: settings.certificate,
    audience: settings.assertionAudience,
    issuer: settings.assertionIssuer,
    parameter: settings.assertionParameter,
  };
}

/**
 * Returns the client authentication method. The first of these decides: the setting
 * `tokenEndpointAuthMethod`, a private key (`private_key_jwt`), the older setting `useBasicAuth`,
 * the method that the provider prefers. Else it is HTTP Basic.
 */
function authMethod(
  { tokenEndpointAuthMethod, useBasicAuth, privateKey }: OAuthSettings,
  provider: ProviderDefinition | undefined,
): TokenEndpointAuthMethod {
  if (tokenEndpointAuthMethod !== undefined) return tokenEndpointAuthMethod;
  if (privateKey !== undefined) return 'private_key_jwt';
  if (useBasicAuth === false) return 'client_secret_post';
  const preferred = useBasicAuth === true ? undefined : provider?.token.clientAuthentication[0];
  return preferred ?? 'client_secret_basic';
}

/**
 * Returns the configuration that the revocation outbox stores with each grant. It lacks the
 * sections of the provider that a revocation does not need.
 */
export function storedConfiguration(configuration: StandardClient): StandardClient {
  const { provider, ...client } = configuration;
  const { revocation, token, response, accessToken, failures } = provider ?? {};
  if (revocation === undefined) return client;
  // Some providers revoke only access tokens. For a refresh token, an access token is requested and
  // revoked instead. The table of failures is needed to recognize a refresh token that has already
  // ended.
  const isExchanged = !revocation.tokens.includes('refresh_token');
  return {
    ...client,
    provider: {
      revocation,
      ...(token && { token }),
      ...(response && { response }),
      ...(accessToken && { accessToken }),
      ...(isExchanged && failures && { failures }),
    },
  };
}
