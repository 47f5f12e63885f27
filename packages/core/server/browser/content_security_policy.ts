/**
 * Returns the content security policy of the shell page. It allows `data:` images, because the
 * avatars of spaces are stored as data URLs. The nonce allows the style elements that the component
 * library inserts; scripts come from files only.
 */
export function shellPolicy(nonce: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "worker-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ');
}
