import type { StandardClient, TokenEndpointAuthMethod } from '@latchkey/oauth-client';
import type { DecryptedConnector } from '../../connector_data/index.ts';
import { type OAuthSettings, requireSettings } from './oauth_settings.ts';

/** The parts of a standard client that every grant type has. */
type ClientIdentity = Pick<
  StandardClient,
  'clientId' | 'clientSecret' | 'tokenEndpointAuthMethod' | 'scope' | 'additionalFields'
> &
  Pick<StandardClient, 'accessTokenPath' | 'tokenTypePath' | 'tokenType'>;

/**
 * The client identity of the connector at its authorization server.
 * @throws ConnectorConfigurationError `oauth_incomplete` when the client id, or the secret its
 * method needs, is missing
 */
export function clientIdentity(
  connector: DecryptedConnector,
  settings: OAuthSettings,
): ClientIdentity {
  const tokenEndpointAuthMethod = authMethod(settings);
  const needed =
    tokenEndpointAuthMethod === 'none'
      ? requireSettings(connector, settings, ['clientId'])
      : requireSettings(connector, settings, ['clientId', 'clientSecret']);
  return {
    clientId: needed.clientId,
    clientSecret: tokenEndpointAuthMethod === 'none' ? undefined : settings.clientSecret,
    tokenEndpointAuthMethod,
    scope: settings.scope,
    additionalFields: settings.additionalFields,
    accessTokenPath: settings.accessTokenPath,
    tokenTypePath: settings.tokenTypePath,
    tokenType: settings.tokenType,
  };
}

/** `tokenEndpointAuthMethod` overrides the older `useBasicAuth`. Default: Basic. */
function authMethod(settings: OAuthSettings): TokenEndpointAuthMethod {
  if (settings.tokenEndpointAuthMethod !== undefined) return settings.tokenEndpointAuthMethod;
  return settings.useBasicAuth === false ? 'client_secret_post' : 'client_secret_basic';
}
