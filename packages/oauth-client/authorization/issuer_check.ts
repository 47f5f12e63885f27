import { OAuthError } from '../oauth_error.ts';
import type { OAuthClientConfiguration } from '../types.ts';

/**
 * Compares `iss` of an authorization response with the issuer the client was configured for (RFC 9207 §2.4), before the code may be
 * sent anywhere. Without a configured issuer, and for EARS, there is nothing to compare with.
 * @throws OAuthError `issuer_mismatch` for another issuer, `issuer_missing` when the metadata promised one
 */
export function checkIssuer(client: OAuthClientConfiguration, iss: string | undefined): void {
  if (client.dialect === 'ears' || client.issuer === undefined) return;
  if (iss === undefined || iss === '') {
    if (client.issuerRequiredInResponse !== true) return;
    // RFC 9207 §2.4: clients MUST reject a response without iss from a server known to send it.
    throw new OAuthError(
      'issuer_missing',
      'misconfigured',
      'The authorization response does not name its issuer although the authorization server promised it.',
    );
  }
  // RFC 9207 §2.4: simple string comparison, no URL normalisation.
  if (iss !== client.issuer) {
    throw new OAuthError(
      'issuer_mismatch',
      'misconfigured',
      'The authorization response comes from another issuer than the connector is configured for.',
    );
  }
}
