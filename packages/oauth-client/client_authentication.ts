import { type ClientAuth, ClientSecretPost, None } from 'oauth4webapi';
import type { StandardClient } from './client.ts';
import { assertionAuthentication } from './client_assertion.ts';

/**
 * Client authentication at the token and the revocation endpoint (RFC 6749 §2.3). A client without
 * a secret sends only its id.
 */
export function clientAuthentication(client: StandardClient, now: Date): ClientAuth {
  const { clientSecret: secret, tokenEndpointAuthMethod: method, clientAssertion } = client;
  if (method === 'private_key_jwt' && clientAssertion !== undefined)
    return assertionAuthentication(client, clientAssertion, now);
  if (method === 'none' || secret === undefined || secret === '') return None();
  return method === 'client_secret_post' ? ClientSecretPost(secret) : clientSecretBasic(secret);
}

/**
 * HTTP Basic with id and secret form-encoded. Unlike the library, this function does not encode
 * unreserved characters. Both spellings decode to the same value, and the many servers that do not
 * decode then also accept ids such as `123-abc.apps.example.com`.
 */
function clientSecretBasic(secret: string): ClientAuth {
  return (_server, client, _body, headers) => {
    headers.set('authorization', basicHeader(client.client_id, secret));
  };
}

function basicHeader(clientId: string, secret: string): string {
  const pair = `${formEncode(clientId)}:${formEncode(secret)}`;
  return `Basic ${Buffer.from(pair, 'latin1').toString('base64')}`;
}

/** Headers and body fields that authenticate a client in a request. */
export interface ClientCredentials {
  readonly headers: Readonly<Record<string, string>>;
  readonly fields: Readonly<Record<string, string>>;
}

/**
 * Authenticates the client in a request that the library does not build.
 * @param method that the provider describes for the request. A client with a key signs an assertion
 *   instead of using it
 * @throws OAuthError `invalid_request` for a key that cannot be used
 */
export async function credentialsOf(
  client: StandardClient,
  method: 'client_secret_basic' | 'client_secret_post',
  now: Date,
): Promise<ClientCredentials> {
  const hasKey = client.tokenEndpointAuthMethod === 'private_key_jwt';
  const described = hasKey ? client : { ...client, tokenEndpointAuthMethod: method };
  const body = new URLSearchParams();
  const headers = new Headers();
  const server = { issuer: client.tokenEndpoint };
  await clientAuthentication(described, now)(server, { client_id: client.clientId }, body, headers);
  return { headers: Object.fromEntries(headers), fields: Object.fromEntries(body) };
}

function formEncode(text: string): string {
  return encodeURIComponent(text).replaceAll('%20', '+');
}
