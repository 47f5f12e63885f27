import type { CookieToSet, ServerRequest } from '@latchkey/core/server';
import { isMarkedSessionId } from '../sessions/index.ts';

/** Name of the cookie that holds the session id. */
const SESSION_COOKIE = 'sid';

/** `lax`, not `strict`: a provider sends the browser back to us after authorization, and the session must come along. */
export const sessionCookie = (sessionId: string): CookieToSet => ({
  name: SESSION_COOKIE,
  value: sessionId,
  sameSite: 'lax',
});

/**
 * The session id that a request presents. Where cookies have the prefix `__Host-`, a cookie without
 * it is accepted only for sessions from before the prefix. Newer session ids carry a mark, so that
 * a sibling subdomain cannot set one.
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

/** Takes the cookie away. */
export const clearedSessionCookie: CookieToSet = {
  name: SESSION_COOKIE,
  value: '',
  sameSite: 'lax',
};
