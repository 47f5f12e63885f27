import { sendStandardTokenRequest } from '../dialects/standard/token_request.ts';
import type { ProtocolIo, StandardClient, TokenGrant } from '../types.ts';
import { requestGrant } from './request_grant.ts';

/** A token for the client itself, without a person (RFC 6749 §4.4). @throws OAuthError, never of kind `reauthorize` */
export function requestClientCredentials(
  client: StandardClient,
  io: ProtocolIo,
): Promise<TokenGrant> {
  const hasScope = client.scope !== undefined && client.scope !== '';
  const fields = hasScope ? { scope: client.scope } : {};
  return requestGrant(
    {
      operation: 'client_credentials',
      dialect: 'standard',
      endpoint: client.tokenEndpoint,
      layout: client,
      send: () => sendStandardTokenRequest(client, { grantType: 'client_credentials', fields }, io),
    },
    io,
  );
}
