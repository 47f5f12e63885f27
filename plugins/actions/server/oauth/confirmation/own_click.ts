import { HttpError, type ServerRequest } from '@latchkey/core/server';
import { JUST_SIGNED_IN_COOKIE } from '@latchkey/security-plugin/server';

type Navigation = Pick<ServerRequest, 'method' | 'headers' | 'cookies'>;

/**
 * Other sites can embed a link, and browsers may fetch it ahead of a click; they say so in fetch metadata. Clients that are no browsers send none.
 * @throws HttpError 403, 405
 */
export function ensurePageOfItsOwn({ method, headers }: Navigation): void {
  // A HEAD request is a look, not a click.
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
 * Whether the user clicked on a page of this server, which is as good as a confirmation. Browsers set these headers, no page can; a redirect of another
 * site on the way makes the request cross-site. The login page goes on to whatever address a foreign page chose, with the user's click on "Sign in": that
 * does not count.
 */
export function isOwnClick({ headers, cookies }: Navigation): boolean {
  return (
    headers['sec-fetch-site'] === 'same-origin' &&
    headers['sec-fetch-user'] === '?1' &&
    cookies[JUST_SIGNED_IN_COOKIE] === undefined
  );
}
