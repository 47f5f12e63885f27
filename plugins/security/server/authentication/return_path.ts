/** Stands in for our own origin while a path is parsed; nothing is ever sent there. */
const ORIGIN = 'http://latchkey.invalid';

/**
 * Where to go after login: `next` of the login page's own URL when it is a path on this server, else the start page.
 * Whatever comes in, the answer is a path under the base path that no browser takes for another host (RFC 9700 §4.11).
 */
export function returnPathAfterLogin(currentUrl: string, basePath: string): string {
  const page = parse(currentUrl);
  const next = page?.searchParams.getAll('next') ?? [];
  const [only] = next;
  if (page === undefined || only === undefined || next.length > 1) return startOf(basePath);
  return safePath(`${only}${only.includes('#') ? '' : page.hash}`, basePath) ?? startOf(basePath);
}

/**
 * The path as a browser would read it; `undefined` when it leads elsewhere, out of the base path,
 * back to the login page, or to the logout.
 */
export function safePath(candidate: string, basePath: string): string | undefined {
  if (!candidate.startsWith('/')) return undefined;
  // Browsers read a backslash as a slash and drop tabs and line breaks; no path of ours has either.
  if (/[\\\p{Cc}]/u.test(candidate)) return undefined;
  const url = parse(candidate);
  // Parsing resolves dots, so `/x/..//host` becomes `//host` only here.
  if (url?.origin !== ORIGIN || url.pathname.startsWith('//')) return undefined;
  const { pathname } = url;
  if (pathname !== basePath && !pathname.startsWith(`${basePath}/`)) return undefined;
  if (pathname === `${basePath}/login`) return undefined;
  // A link must not end the session that its reader is about to begin.
  if (pathname.endsWith('/api/security/logout')) return undefined;
  return `${pathname}${url.search}${url.hash}`;
}

function parse(url: string): URL | undefined {
  return URL.canParse(url, ORIGIN) ? new URL(url, ORIGIN) : undefined;
}

function startOf(basePath: string): string {
  return `${basePath}/`;
}
