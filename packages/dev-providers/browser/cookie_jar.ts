/**
 * Cookies of one browser, per origin, name and path. Implements only the cookie rules that the test
 * providers need.
 */
export class CookieJar {
  readonly #cookies = new Map<string, Map<string, { value: string; path: string }>>();

  /** Stores the cookies of the `Set-Cookie` headers of a response. */
  store(url: URL, response: Response): void {
    const jar = this.#cookies.get(url.origin) ?? new Map<string, { value: string; path: string }>();
    this.#cookies.set(url.origin, jar);
    for (const line of response.headers.getSetCookie()) {
      const [pair = '', ...attributes] = line.split(';').map((part) => part.trim());
      const name = pair.slice(0, pair.indexOf('='));
      const value = pair.slice(pair.indexOf('=') + 1);
      const attribute = (wanted: string) =>
        attributes
          .find((entry) => entry.toLowerCase().startsWith(`${wanted}=`))
          ?.slice(wanted.length + 1);
      const path = attribute('path') ?? '/';
      const expires = attribute('expires');
      const isExpired =
        attribute('max-age') === '0' ||
        (expires !== undefined && Date.parse(expires) <= Date.now());
      if (isExpired || value === '') jar.delete(`${name} ${path}`);
      else jar.set(`${name} ${path}`, { value, path });
    }
  }

  /** Value of the `Cookie` header for a request; `undefined` when there is nothing to send. */
  headerFor(url: URL): string | undefined {
    const matching = [...(this.#cookies.get(url.origin) ?? [])].filter(([, { path }]) =>
      covers(path, url.pathname),
    );
    if (matching.length === 0) return undefined;
    return matching.map(([key, { value }]) => `${key.split(' ')[0]}=${value}`).join('; ');
  }
}

/**
 * RFC 6265 §5.1.4: a path matches itself and every path below it, with or without a trailing slash.
 */
function covers(path: string, pathname: string): boolean {
  return pathname === path || pathname.startsWith(path.endsWith('/') ? path : `${path}/`);
}
