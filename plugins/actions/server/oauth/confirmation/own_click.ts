import { HttpError, type ServerRequest } from '@latchkey/core/server';
import { JUST_SIGNED_IN_COOKIE } from '@latchkey/security-plugin/server';

type Navigation = Pick<ServerRequest, 'method' | 'headers' | 'cookies'>;

/**
 * Refuses requests that embed or prefetch the link, which browsers mark in fetch metadata. Clients
 * that are not browsers send no such headers.
 * @throws HttpError 403, 405
 */
export function ensurePageOfItsOwn({ method, headers }: Navigation): void {
  // A HEAD request must not start anything.
  if (method !== 'GET')
    throw new HttpError(405, 'Only GET is allowed here.', { headers: { allow: 'GET' } });
  const { 'sec-fetch-dest': destination = 'document', 'sec-fetch-mode': mode = 'navigate' } =
    headers;
  const isAhead = headers['sec-purpose'] !== undefined;
  if (destination !== 'document' || mode !== 'navigate' || isAhead) {
    throw new HttpError(403, 'An authorization can only be started in a window of its own.');
  }
}

/**
 * Tells if the user clicked on a page of this server, which counts as a confirmation. Browsers set
 * these headers, no page can; a redirect through another site makes the request cross-site. A click
 * on "Sign in" does not count: the login page continues at an address that a page of another site
 * may have chosen.
 */
export function isOwnClick({ headers, cookies }: Navigation): boolean {
  return (
    headers['sec-fetch-site'] === 'same-origin' &&
    headers['sec-fetch-user'] === '?1' &&
    cookies[JUST_SIGNED_IN_COOKIE] === undefined
  );
}
