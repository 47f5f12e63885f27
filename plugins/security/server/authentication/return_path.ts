/** Stands for the origin of this server while a path is parsed. No request is sent there. */
const ORIGIN = 'http://latchkey.invalid';

/**
 * The path that is opened after login: `next` in the URL of the login page if it is a path on this
 * server, otherwise the start page. For every input, the result is a path below the base path that
 * no browser interprets as another host (RFC 9700 §4.11).
 */
export function returnPathAfterLogin(currentUrl: string, basePath: string): string {
  const page = parse(currentUrl);
  const next = page?.searchParams.getAll('next') ?? [];
  const [only] = next;
  if (page === undefined || only === undefined || next.length > 1) return startOf(basePath);
  return safePath(`${only}${only.includes('#') ? '' : page.hash}`, basePath) ?? startOf(basePath);
}

/**
 * Normalizes a path as browsers do. `undefined`: the path leads to another host, out of the base
 * path, to the login page, or to the logout.
 */
export function safePath(candidate: string, basePath: string): string | undefined {
  if (!candidate.startsWith('/')) return undefined;
  // Browsers read a backslash as a slash and drop tabs and line breaks. No path of this server has
  // such characters.
  if (/[\\\p{Cc}]/u.test(candidate)) return undefined;
  const url = parse(candidate);
  // Parsing resolves dots, so `/x/..//host` becomes `//host` only here.
  if (url?.origin !== ORIGIN || url.pathname.startsWith('//')) return undefined;
  const { pathname } = url;
  if (pathname !== basePath && !pathname.startsWith(`${basePath}/`)) return undefined;
  const routed = asRouted(pathname);
  if (routed === undefined || routed === `${basePath}/login`) return undefined;
  // A link must not end the session that the login has just created.
  if (routed.endsWith('/api/security/logout')) return undefined;
  return `${pathname}${url.search}${url.hash}`;
}

/**
 * Normalizes a path as the router does: decoded, without a slash at the end. `undefined`: it cannot
 * be decoded.
 */
function asRouted(pathname: string): string | undefined {
  try {
    return decodeURIComponent(pathname).replace(/(?<!\/)\/+$/, '');
  } catch {
    return undefined;
  }
}

function parse(url: string): URL | undefined {
  return URL.canParse(url, ORIGIN) ? new URL(url, ORIGIN) : undefined;
}

function startOf(basePath: string): string {
  return `${basePath}/`;
}
