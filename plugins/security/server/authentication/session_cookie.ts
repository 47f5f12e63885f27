import type { CookieToSet, ServerRequest } from '@latchkey/core/server';
import { isMarkedSessionId } from '../sessions/index.ts';

/** Name of the cookie that contains the session id. */
const SESSION_COOKIE = 'sid';

/**
 * Cookie of a session. It is `lax` and not `strict`, because after an authorization the provider
 * redirects the browser to this server, and this request must contain the session.
 */
export const sessionCookie = (sessionId: string): CookieToSet => ({
  name: SESSION_COOKIE,
  value: sessionId,
  sameSite: 'lax',
});

/**
 * The session id in the cookie of a request. Where cookies have the prefix `__Host-`, a cookie
 * without the prefix is accepted only for a session that was created before the prefix existed.
 * Newer session ids contain a mark, so that a sibling subdomain cannot set a cookie for them.
 */
export function presentedSessionId({
  cookies,
  unprefixedCookies,
}: Pick<ServerRequest, 'cookies' | 'unprefixedCookies'>): string | undefined {
  const own = cookies[SESSION_COOKIE];
  if (own !== undefined) return own;
  const former = unprefixedCookies[SESSION_COOKIE];
  return former === undefined || isMarkedSessionId(former) ? undefined : former;
}

/** Cookie that removes the session cookie from the browser. */
export const clearedSessionCookie: CookieToSet = {
  name: SESSION_COOKIE,
  value: '',
  sameSite: 'lax',
};
