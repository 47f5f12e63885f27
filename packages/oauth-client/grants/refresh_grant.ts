import { earsEndpoint } from '../dialects/ears/endpoints.ts';
import { sendEarsRequest } from '../dialects/ears/json_request.ts';
import { sendStandardTokenRequest } from '../dialects/standard/token_request.ts';
import type { OAuthClientConfiguration, ProtocolIo, TokenGrant } from '../types.ts';
import { requestGrant } from './request_grant.ts';

/**
 * Spends a refresh token (RFC 6749 §6). The scope is left out, which means "as granted": a connector whose scope was widened after people
 * connected must not make every refresh fail with `invalid_scope`.
 * @throws OAuthError; `answerLost` tells whether the refresh token may be spent although no new one was read
 */
export function refreshGrant(
  client: OAuthClientConfiguration,
  refreshToken: string,
  io: ProtocolIo,
): Promise<TokenGrant> {
  const fields = { refresh_token: refreshToken };
  if (client.dialect === 'ears') {
    return requestGrant(
      {
        operation: 'refresh_token',
        dialect: 'ears',
        endpoint: earsEndpoint(client, 'refresh'),
        layout: {},
        send: () => sendEarsRequest(client, { operation: 'refresh', body: fields }, io),
      },
      io,
    );
  }
  return requestGrant(
    {
      operation: 'refresh_token',
      dialect: 'standard',
      endpoint: client.tokenEndpoint,
      layout: client,
      send: () => sendStandardTokenRequest(client, { grantType: 'refresh_token', fields }, io),
    },
    io,
  );
}
