import { revocationRequest } from 'oauth4webapi';
import type { ProtocolIo, StandardClient } from '../../types.ts';
import { clientAuthentication } from './client_authentication.ts';
import { protocolFetch } from './protocol_fetch.ts';

/** Sends a revocation request (RFC 7009 §2.1). @throws OAuthError for network failures, TypeError for an invalid configuration */
export function sendStandardRevocation(
  client: StandardClient,
  request: { readonly token: string; readonly hint: 'refresh_token' | 'access_token' },
  io: ProtocolIo,
): Promise<Response> {
  const revocationEndpoint = client.revocationEndpoint ?? '';
  return revocationRequest(
    { issuer: client.issuer ?? client.tokenEndpoint, revocation_endpoint: revocationEndpoint },
    { client_id: client.clientId },
    clientAuthentication(client),
    request.token,
    {
      ...protocolFetch(io, revocationEndpoint),
      additionalParameters: { token_type_hint: request.hint },
    },
  );
}
