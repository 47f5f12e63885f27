/** Longest `next` parameter that the login page accepts, in characters. */
const MAX_NEXT = 2_048;

/**
 * Returns the URL of the login page after the session ended.
 * @param page path and search parameters to return to, with base path and space
 */
export function loginUrl(basePath: string, page: string): string {
  const next = page.length <= MAX_NEXT ? page : (page.split('?')[0] ?? page);
  return `${basePath}/login?${new URLSearchParams({ msg: 'SESSION_EXPIRED', next })}`;
}
