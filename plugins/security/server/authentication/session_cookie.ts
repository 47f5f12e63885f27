import type { CookieToSet, ServerRequest } from '@latchkey/core/server';
import { isMarkedSessionId } from '../sessions/index.ts';

/** Name of the cookie that holds the session id. */
const SESSION_COOKIE = 'sid';

/**
 * Cookie of a session. `lax`, not `strict`: after an authorization the provider redirects the
 * browser to this server, and that request must contain the session.
 */
export const sessionCookie = (sessionId: string): CookieToSet => ({
  name: SESSION_COOKIE,
  value: sessionId,
  sameSite: 'lax',
});

/**
 * The session id of a request. Where cookies have the prefix `__Host-`, a cookie without it is
 * accepted only for sessions created before the prefix existed. Newer session ids contain a mark,
 * so that a sibling subdomain cannot set one.
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

/** Removes the cookie. */
export const clearedSessionCookie: CookieToSet = {
  name: SESSION_COOKIE,
  value: '',
  sameSite: 'lax',
};
