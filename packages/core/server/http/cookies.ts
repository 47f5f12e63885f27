import { parseCookie, stringifySetCookie } from 'cookie';
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

/** Returns the cookie attributes for a server with this public address. */
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
 * @param header the `Cookie` header; `undefined`: none
 */
export function splitCookies(
  header: string | undefined,
  prefix: CookiePrefix,
): { readonly own: Cookies; readonly unprefixed: Cookies } {
  const cookies = header === undefined ? {} : parseCookie(header);
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

/**
 * Sets cookies on a response. An empty value clears a cookie. A cookie that is set twice is sent
 * once, with the last value (RFC 6265 §4.1.1).
 */
export function setCookies(
  reply: FastifyReply,
  cookies: readonly CookieToSet[],
  policy: CookiePolicy,
  isSecure: boolean,
): void {
  if (cookies.length === 0) return;
  const { path, prefix } = policy;
  const secure = policy.alwaysSecure || isSecure;
  const lines = new Map(setCookieLines(reply).map((line) => [nameOf(line), line]));
  for (const { name: plainName, value, maxAgeSeconds: maxAge, sameSite = 'lax' } of cookies) {
    const name = `${prefix}${plainName}`;
    const attributes = { value, path, secure, sameSite, httpOnly: true };
    if (value === '') {
      const cleared = { ...attributes, expires: new Date(0), maxAge: 0 };
      lines.set(name, stringifySetCookie({ ...cleared, name }));
      // This also removes the cookie that an earlier version set without the prefix.
      if (prefix !== '') lines.set(plainName, stringifySetCookie({ ...cleared, name: plainName }));
    } else {
      const lifetime = maxAge === undefined ? {} : { maxAge };
      lines.set(name, stringifySetCookie({ ...attributes, ...lifetime, name }));
    }
  }
  // `header` alone would append to the lines that are already set.
  reply.removeHeader('set-cookie').header('set-cookie', [...lines.values()]);
}

function setCookieLines(reply: FastifyReply): readonly string[] {
  const header = reply.getHeader('set-cookie');
  return Array.isArray(header) ? header : [];
}

const nameOf = (line: string): string => line.slice(0, line.indexOf('='));
