import type { FastifyReply } from 'fastify';
import type { CookieToSet } from './types.ts';

/** How cookies are set on this server. */
export interface CookiePolicy {
  readonly path: string;
  /** Whether browsers reach us over https by configuration; a request over https decides as well. */
  readonly alwaysSecure: boolean;
}

/** Sets cookies on an answer; an empty value clears. */
export function setCookies(
  reply: FastifyReply,
  cookies: readonly CookieToSet[],
  policy: CookiePolicy,
  isSecure: boolean,
): void {
  const { path } = policy;
  const secure = policy.alwaysSecure || isSecure;
  for (const { name, value, maxAgeSeconds, sameSite = 'lax' } of cookies) {
    const attributes = { path, secure, sameSite, httpOnly: true };
    if (value === '') {
      reply.clearCookie(name, attributes);
    } else {
      reply.setCookie(
        name,
        value,
        maxAgeSeconds === undefined ? attributes : { ...attributes, maxAge: maxAgeSeconds },
      );
    }
  }
}
