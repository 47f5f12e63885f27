import type { UrlBuilder } from '@latchkey/core/server';
import { AUTHORIZATION_CODE, providerKeyOf, redirectUriOf } from '../oauth/strategies/index.ts';

/**
 * Builds the redirect URI that an administrator registers at the provider, the same as in
 * authorizations. `undefined`: the auth type has no OAuth app of its own, the token URL is missing
 * or no web address, or `server.publicBaseUrl` is not set.
 */
export type CallbackUrl = (app: {
  readonly authType: string;
  readonly tokenUrl: unknown;
}) => string | undefined;

/** @param mode `shared`: all providers have one callback, so the token URL is not needed */
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
