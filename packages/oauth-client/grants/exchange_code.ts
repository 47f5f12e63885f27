import { earsEndpoint } from '../dialects/ears/endpoints.ts';
import { sendEarsRequest } from '../dialects/ears/json_request.ts';
import { sendStandardTokenRequest } from '../dialects/standard/token_request.ts';
import type { OAuthClientConfiguration, ProtocolIo, TokenGrant } from '../types.ts';
import { requestGrant } from './request_grant.ts';

/** A code with what proves that this client asked for it. */
export interface CodeExchange {
  readonly code: string;
  readonly codeVerifier: string;
  /** Byte for byte the one of the authorization request (RFC 6749 §4.1.3). EARS keeps it itself. */
  readonly redirectUri: string;
}

/** Exchanges an authorization code for tokens (RFC 6749 §4.1.3, RFC 7636 §4.5). @throws OAuthError */
export function exchangeCode(
  client: OAuthClientConfiguration,
  exchange: CodeExchange,
  io: ProtocolIo,
): Promise<TokenGrant> {
  const { code, codeVerifier, redirectUri } = exchange;
  if (client.dialect === 'ears') {
    const body = { code, pkce_verifier: codeVerifier };
    return requestGrant(
      {
        operation: 'authorization_code',
        dialect: 'ears',
        endpoint: earsEndpoint(client, 'token'),
        layout: {},
        send: () => sendEarsRequest(client, { operation: 'token', body }, io),
      },
      io,
    );
  }
  const fields = { code, redirect_uri: redirectUri, code_verifier: codeVerifier };
  return requestGrant(
    {
      operation: 'authorization_code',
      dialect: 'standard',
      endpoint: client.tokenEndpoint,
      layout: client,
      send: () => sendStandardTokenRequest(client, { grantType: 'authorization_code', fields }, io),
    },
    io,
  );
}
