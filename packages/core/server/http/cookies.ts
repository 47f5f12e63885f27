import type { FastifyReply } from 'fastify';
import type { CookiePrefix, CookieToSet } from './types.ts';

/** Attributes and names of the cookies of this server. */
export interface CookiePolicy {
  readonly path: string;
  /**
   * `true`: the configured public address uses https. Cookies of a request over https are secure as
   * well.
   */
  readonly alwaysSecure: boolean;
  /** Prefix of every cookie name. */
  readonly prefix: CookiePrefix;
}

/** Cookie attributes for a server with this public address. */
export function cookiePolicy(config: {
  readonly basePath: string;
  readonly publicBaseUrl: string | undefined;
}): CookiePolicy {
  const alwaysSecure = config.publicBaseUrl?.startsWith('https:') ?? false;
  return {
    path: config.basePath === '' ? '/' : config.basePath,
    alwaysSecure,
    prefix: alwaysSecure && config.basePath === '' ? '__Host-' : '',
  };
}

type Cookies = Readonly<Record<string, string | undefined>>;

/**
 * Splits the cookies of a request into those with the prefix, by their names without it, and the
 * others.
 */
export function splitCookies(
  cookies: Cookies,
  prefix: CookiePrefix,
): { readonly own: Cookies; readonly unprefixed: Cookies } {
  if (prefix === '') return { own: cookies, unprefixed: {} };
  const entries = Object.entries(cookies);
  const isOwn = ([name]: readonly [string, unknown]) => name.startsWith(prefix);
  return {
    own: Object.fromEntries(
      entries.filter(isOwn).map(([name, value]) => [name.slice(prefix.length), value]),
    ),
    unprefixed: Object.fromEntries(entries.filter((entry) => !isOwn(entry))),
  };
}

/** Sets cookies on a response. An empty value clears a cookie. */
export function setCookies(
  reply: FastifyReply,
  cookies: readonly CookieToSet[],
  policy: CookiePolicy,
  isSecure: boolean,
): void {
  const { path, prefix } = policy;
  const secure = policy.alwaysSecure || isSecure;
  for (const { name: plainName, value, maxAgeSeconds, sameSite = 'lax' } of cookies) {
    const name = `${prefix}${plainName}`;
    const attributes = { path, secure, sameSite, httpOnly: true };
    if (value === '') {
      reply.clearCookie(name, attributes);
      // Also removes the cookie that an earlier version set without the prefix.
      if (prefix !== '') reply.clearCookie(plainName, attributes);
    } else {
      reply.setCookie(
        name,
        value,
        maxAgeSeconds === undefined ? attributes : { ...attributes, maxAge: maxAgeSeconds },
      );
    }
  }
}
