import { genericTokenEndpointRequest } from 'oauth4webapi';
import { OAuthError } from '../../oauth_error.ts';
import type { ProtocolIo, StandardClient } from '../../types.ts';
import { clientAuthentication } from './client_authentication.ts';
import { protocolFetch } from './protocol_fetch.ts';

/** A token request as RFC 6749 §4.1.3, §4.4.2 or §6 describe it, before client authentication. */
export interface StandardTokenRequest {
  readonly grantType: 'authorization_code' | 'refresh_token' | 'client_credentials';
  readonly fields: Readonly<Record<string, string>>;
}

/**
 * Sends a form-encoded token request.
 * @throws OAuthError for network failures, and `invalid_request` when the token URL does not parse
 */
export async function sendStandardTokenRequest(
  client: StandardClient,
  request: StandardTokenRequest,
  io: ProtocolIo,
): Promise<Response> {
  // Additional fields come first, so that a connector cannot replace the grant itself.
  const fields = { ...client.additionalFields, ...request.fields };
  delete fields['client_secret'];
  try {
    return await genericTokenEndpointRequest(
      { issuer: client.issuer ?? client.tokenEndpoint, token_endpoint: client.tokenEndpoint },
      { client_id: client.clientId },
      clientAuthentication(client),
      request.grantType,
      fields,
      protocolFetch(io, client.tokenEndpoint),
    );
  } catch (error) {
    if (error instanceof OAuthError) throw error;
    // The library's own message is not passed on: it may quote the configuration.
    throw new OAuthError(
      'invalid_request',
      'misconfigured',
      'The token request cannot be built: the token URL or the client id of the connector is not valid.',
    );
  }
}
