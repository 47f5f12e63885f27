import { OAuthError } from '../../oauth_error.ts';
import type { EarsClient } from '../../types.ts';
import { earsEndpoint } from './endpoints.ts';

/** EARS owns the OAuth app, so neither client id nor response type is sent. @throws OAuthError `invalid_request` */
export function buildEarsAuthorizationUrl(
  client: EarsClient,
  request: {
    readonly redirectUri: string;
    readonly state: string;
    readonly codeChallenge: string;
  },
): string {
  const url = URL.parse(earsEndpoint(client, 'authorize'));
  if (url === null) {
    throw new OAuthError(
      'invalid_request',
      'misconfigured',
      'The setting [xpack.actions.auth.ears.url] is not a valid URL.',
    );
  }
  url.searchParams.set('callback_uri', request.redirectUri);
  url.searchParams.set('state', request.state);
  if (client.scope !== undefined && client.scope !== '') {
    url.searchParams.set('scope', client.scope);
  }
  url.searchParams.set('pkce_challenge', request.codeChallenge);
  url.searchParams.set('pkce_method', 'S256');
  return url.href;
}
