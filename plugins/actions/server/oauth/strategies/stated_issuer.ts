import type { DecryptedConnector } from '../../connector_data/index.ts';
import { AUTHORIZATION_CODE } from './authorization_code.ts';
import { ConnectorConfigurationError } from './configuration_error.ts';
import type { StatedIssuer } from './issuer_check.ts';
import { readOAuthSettings } from './oauth_settings.ts';

/**
 * The issuer in the connector's own settings, with the endpoints it should confirm. `undefined`:
 * another auth type, no issuer, or incomplete settings, which other code reports.
 */
export function statedIssuer(connector: DecryptedConnector): StatedIssuer | undefined {
  if (connector.authType !== AUTHORIZATION_CODE) return undefined;
  try {
    const { issuer, authorizationUrl, tokenUrl } = readOAuthSettings(connector);
    if (issuer === undefined || authorizationUrl === undefined || tokenUrl === undefined)
      return undefined;
    return { issuer, authorizationUrl, tokenUrl };
  } catch (error) {
    if (error instanceof ConnectorConfigurationError) return undefined;
    throw error;
  }
}
