import { type ClientAuth, ClientSecretPost, None } from 'oauth4webapi';
import type { StandardClient } from '../../types.ts';

/**
 * How the client proves itself (RFC 6749 §2.3.1), for token and revocation endpoint alike. Without a secret there is nothing to prove:
 * the client id alone is sent.
 */
export function clientAuthentication(client: StandardClient): ClientAuth {
  const secret = client.clientSecret;
  if (client.tokenEndpointAuthMethod === 'none' || secret === undefined || secret === '') {
    return None();
  }
  return client.tokenEndpointAuthMethod === 'client_secret_post'
    ? ClientSecretPost(secret)
    : clientSecretBasic(secret);
}

/**
 * Basic with the two parts form-encoded. Unlike the library's own, unreserved characters stay as they are: both spellings decode to the
 * same value, and the many servers that do not decode at all then still accept ids such as `123-abc.apps.example.com`.
 */
function clientSecretBasic(secret: string): ClientAuth {
  return (_server, client, _body, headers) => {
    const pair = `${formEncode(client.client_id)}:${formEncode(secret)}`;
    headers.set('authorization', `Basic ${Buffer.from(pair, 'latin1').toString('base64')}`);
  };
}

function formEncode(text: string): string {
  return encodeURIComponent(text).replaceAll('%20', '+');
}
