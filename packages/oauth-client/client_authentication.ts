import { type ClientAuth, ClientSecretPost, None } from 'oauth4webapi';
import type { StandardClient } from './client.ts';
import { assertionAuthentication } from './client_assertion.ts';
import { OAuthError } from './oauth_error.ts';

/**
 * Client authentication at the token and the revocation endpoint (RFC 6749 §2.3). A client without
 * a secret sends only its id.
 */
export function clientAuthentication(client: StandardClient, now: Date): ClientAuth {
  const { clientSecret: secret, tokenEndpointAuthMethod: method, clientAssertion } = client;
  if (method === 'private_key_jwt' && clientAssertion !== undefined)
    return assertionAuthentication(client, clientAssertion, now);
  if (method === 'none' || secret === undefined || secret === '') return None();
  if (method === 'client_secret_post') return ClientSecretPost(secret);
  return clientSecretBasic(secret, client.provider?.token?.basicEncoding);
}

/**
 * HTTP Basic with id and secret form-encoded (RFC 6749 §2.3.1), or as they are for a provider that
 * does not decode them. Unlike the library, this function does not encode unreserved characters.
 * Both spellings decode to the same value, and the many servers that do not decode then also accept
 * ids such as `123-abc.apps.example.com`.
 */
function clientSecretBasic(secret: string, encoding: 'form' | 'none' = 'form'): ClientAuth {
  return (_server, { client_id: id }, _body, headers) => {
    const pair =
      encoding === 'form' ? `${formEncode(id)}:${formEncode(secret)}` : plain(id, secret);
    headers.set('authorization', `Basic ${Buffer.from(pair, 'utf8').toString('base64')}`);
  };
}

/** RFC 7617 §2: a colon ends the id, so an id that is not encoded must not contain one. */
function plain(id: string, secret: string): string {
  if (!id.includes(':')) return `${id}:${secret}`;
  throw new OAuthError(
    'invalid_request',
    'misconfigured',
    'The client id contains a colon, which cannot be sent, because the provider data say that client ids are not encoded.',
  );
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
