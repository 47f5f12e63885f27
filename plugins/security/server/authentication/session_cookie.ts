import type { CookieToSet } from '@latchkey/core/server';

/** Name of the cookie that holds the session id. */
export const SESSION_COOKIE = 'sid';

/** `lax`, not `strict`: a provider sends the browser back to us after authorization, and the session must come along. */
export const sessionCookie = (sessionId: string): CookieToSet => ({
  name: SESSION_COOKIE,
  value: sessionId,
  sameSite: 'lax',
});

/** Takes the cookie away. */
export const clearedSessionCookie: CookieToSet = {
  name: SESSION_COOKIE,
  value: '',
  sameSite: 'lax',
};
