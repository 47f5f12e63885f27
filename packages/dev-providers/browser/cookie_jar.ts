import { Cookie, CookieJar as Jar } from 'tough-cookie';

/**
 * Cookies of one browser. Unlike in browsers, servers at different ports share no cookies, and
 * `Secure` cookies are sent over plain HTTP.
 */
export class CookieJar {
  /**
   * Cookies by origin. RFC 6265 ignores ports, but on loopback only the port tells servers apart.
   */
  readonly #jars = new Map<string, Jar>();

  /** Stores the values of the `Set-Cookie` headers of a response. */
  store(url: URL, setCookie: readonly string[]): void {
    const jar = this.#jars.get(url.origin) ?? new Jar();
    this.#jars.set(url.origin, jar);
    for (const line of setCookie) jar.setCookieSync(line, secure(url), { ignoreError: true });
  }

  /**
   * Returns the value of the `Cookie` header for a request. `undefined`: there is nothing to send.
   */
  headerFor(url: URL): string | undefined {
    const cookies = this.#cookiesFor(url);
    return cookies.length === 0 ? undefined : cookies.map((one) => one.cookieString()).join('; ');
  }

  /** All cookies of all servers and paths that have not expired. */
  get all(): readonly { readonly name: string; readonly value: string }[] {
    const origins = [...this.#jars].flatMap(([, jar]) => jar.serializeSync()?.cookies ?? []);
    return origins.flatMap((one) => {
      const cookie = Cookie.fromJSON(one);
      const isExpired = cookie === undefined || cookie.value === '' || cookie.TTL() <= 0;
      return isExpired ? [] : [{ name: cookie.key, value: cookie.value }];
    });
  }

  /** Returns another browser with the same cookies, as if a thief had copied them. */
  copy(): CookieJar {
    const copy = new CookieJar();
    for (const [origin, jar] of this.#jars) copy.#jars.set(origin, jar.cloneSync() ?? new Jar());
    return copy;
  }

  /** Returns the values of the cookies that a request would send. */
  valuesFor(url: URL): readonly string[] {
    return this.#cookiesFor(url).map(({ value }) => value);
  }

  /**
   * Returns the cookies for a URL. A cookie with an empty value is left out: servers set it to
   * remove the cookie.
   */
  #cookiesFor(url: URL): readonly Cookie[] {
    const cookies = this.#jars.get(url.origin)?.getCookiesSync(secure(url)) ?? [];
    return cookies.filter(({ value }) => value !== '');
  }
}

const secure = ({ host, pathname }: URL): string => `https://${host}${pathname}`;
