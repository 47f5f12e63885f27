import type { DecryptedConnector } from '../../connector_data/index.ts';
import { AUTHORIZATION_CODE } from './authorization_code.ts';
import { ConnectorConfigurationError } from './configuration_error.ts';
import { derivedEndpoints, type OAuthConnectorType } from './connector_provider.ts';
import type { StatedIssuer } from './issuer_check.ts';
import { readOAuthSettings } from './oauth_settings.ts';

/**
 * Returns the issuer in the settings of a connector, with the endpoints that it should confirm.
 * `undefined`: the connector has another auth type, no issuer, or incomplete settings, which other
 * checks report.
 * @param type connector type, whose provider definition may derive the endpoints from the config
 */
export function statedIssuer(
  connector: DecryptedConnector,
  type: Pick<OAuthConnectorType, 'provider'> | undefined,
): StatedIssuer | undefined {
  if (connector.authType !== AUTHORIZATION_CODE) return undefined;
  try {
    const derived = derivedEndpoints(type ?? {}, connector.authType, connector.config);
    const settings = readOAuthSettings(connector);
    const { issuer } = settings;
    const authorizationUrl = settings.authorizationUrl ?? derived.authorizationUrl;
    const tokenUrl = settings.tokenUrl ?? derived.tokenUrl;
    if (issuer === undefined || authorizationUrl === undefined || tokenUrl === undefined)
      return undefined;
    return { issuer, authorizationUrl, tokenUrl };
  } catch (error) {
    if (error instanceof ConnectorConfigurationError) return undefined;
    throw error;
  }
}
