import type { Readable } from 'node:stream';

/** Characters that separate the parts of a request: space, tab, and the end of a line. */
const SEPARATOR = /\s/;
const FIRST_OF_JSON: ReadonlySet<number> = new Set([0x7b, 0x5b]);

/**
 * Returns `true` if a server could read the body, or its beginning, as a request. Some servers
 * ignore the body of some requests and read it as the next request of the connection. Its response
 * would then be that of another caller, so such a connection must not be used again (CWE-444). A
 * request begins with a method, which cannot contain `{` or `[` (RFC 9110 section 5.6.2), so JSON
 * objects and lists are not requests. A form contains no space and no end of a line.
 * @param body a stream cannot be examined, so the result for it is `true`
 */
export function mayContainRequest(body: string | Uint8Array | Readable | null): boolean {
  if (body === null) return false;
  if (typeof body === 'string')
    return !FIRST_OF_JSON.has(body.charCodeAt(0)) && SEPARATOR.test(body);
  if (!(body instanceof Uint8Array)) return true;
  return !FIRST_OF_JSON.has(body[0] ?? 0) && body.some((byte) => byte <= 0x20);
}
