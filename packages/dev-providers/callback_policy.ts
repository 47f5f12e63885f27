const LOOPBACK_NAMES = new Set(['localhost', '127.0.0.1', '[::1]']);

/**
 * Returns the check of redirect URIs for the development apps. It accepts any path on a loopback
 * origin (ports differ between runs, see RFC 8252 §7.3), and any path on the listed origins. A code
 * stays bound to the exact URI.
 */
export function callbackPolicy(origins: readonly string[] = []): (uri: string) => boolean {
  const listed = new Set(origins.map((origin) => new URL(origin).origin));
  return (uri) => {
    if (!URL.canParse(uri)) return false;
    const url = new URL(uri);
    if (url.hash !== '' || url.username !== '' || url.password !== '') return false;
    if (url.protocol !== 'http:' && url.protocol !== 'https:') return false;
    return LOOPBACK_NAMES.has(url.hostname) || listed.has(url.origin);
  };
}
