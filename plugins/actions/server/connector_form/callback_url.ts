import type { UrlBuilder } from '@latchkey/core/server';
import { AUTHORIZATION_CODE, providerKeyOf, redirectUriOf } from '../oauth/strategies/index.ts';

/**
 * Returns the redirect URI that an administrator registers at the provider. Authorizations use the
 * same one. Returns `undefined` if the auth type has no OAuth app of its own, if the token URL is
 * missing or not http(s), or if `server.publicBaseUrl` is not set.
 */
export type CallbackUrl = (app: {
  readonly authType: string;
  readonly tokenUrl: unknown;
}) => string | undefined;

/**
 * @param mode with `shared`, all providers have the same redirect URI, so no token URL is needed
 */
export function createCallbackUrl(
  urls: Pick<UrlBuilder, 'publicBaseUrl' | 'publicUrl'>,
  mode: 'shared' | 'per_provider',
): CallbackUrl {
  return ({ authType, tokenUrl }) => {
    if (authType !== AUTHORIZATION_CODE || urls.publicBaseUrl === undefined) return undefined;
    if (mode === 'shared') return redirectUriOf(urls, undefined);
    const isWeb =
      typeof tokenUrl === 'string' && /^https?:$/.test(URL.parse(tokenUrl)?.protocol ?? '');
    return isWeb ? redirectUriOf(urls, providerKeyOf(tokenUrl)) : undefined;
  };
}
