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
 * The session id a request presents. Where cookies have the prefix `__Host-`, one without it counts only for sessions of
 * before the prefix: those since then are marked, so that a sibling subdomain cannot plant one.
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

/**
 * Name of the cookie a browser has for a minute after the login page. That page goes on to an address a foreign page may have
 * chosen, with the user's click on "Sign in"; whoever takes a click for a confirmation must not count this one.
 */
export const JUST_SIGNED_IN_COOKIE = 'latchkey_just_signed_in';

/** Set beside the session. The value means nothing. */
export const justSignedInCookie: CookieToSet = {
  name: JUST_SIGNED_IN_COOKIE,
  value: 'within-the-last-minute',
  maxAgeSeconds: 60,
  sameSite: 'lax',
};
