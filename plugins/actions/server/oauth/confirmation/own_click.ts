import type { ServerRequest } from '@latchkey/core/server';
import { PageRefusal } from '../pages/index.ts';
import { CONFIRMATION_TEXTS } from './confirmation_texts.ts';

type Navigation = Pick<ServerRequest, 'method' | 'headers'>;

/**
 * Refuses requests that embed or prefetch the link. Browsers mark such requests with fetch
 * metadata; clients that are not browsers send no fetch metadata and are accepted.
 * @throws HttpError 403, 405
 */
export function ensureTopLevelPage({ method, headers }: Navigation): void {
  // A HEAD request must not start an authorization.
  if (method !== 'GET')
    throw new PageRefusal(405, {
      code: 'method_not_allowed',
      text: CONFIRMATION_TEXTS.onlyGet,
      headers: { allow: 'GET' },
    });
  const { 'sec-fetch-dest': destination = 'document', 'sec-fetch-mode': mode = 'navigate' } =
    headers;
  const isPrefetch = headers['sec-purpose'] !== undefined;
  if (destination !== 'document' || mode !== 'navigate' || isPrefetch) {
    throw new PageRefusal(403, { code: 'not_a_page', text: CONFIRMATION_TEXTS.ownWindow });
  }
}

/**
 * Returns `true` if the user clicked a link on a page of this server that lists connectors. Such a
 * click counts as the confirmation of the user. The headers that prove it are fetch metadata and
 * `Referer`, which browsers set and pages cannot forge.
 * Fetch metadata is not enough, because login page, error pages and redirects of this server may
 * lead to a path that another site has chosen. Responses of this server therefore have the policy
 * `no-referrer`, which removes `Referer` from their links and redirects. Pages with a form have the
 * policy `same-origin`, because the form must send `Origin`; all their links have
 * `rel="noreferrer"`. So no link of this server skips the confirmation now. Only a page that lists
 * connectors, and contains no path from another site, may have links that send `Referer`.
 */
export function isOwnClick({ headers }: Navigation): boolean {
  return (
    headers['sec-fetch-site'] === 'same-origin' &&
    headers['sec-fetch-user'] === '?1' &&
    URL.canParse(headers.referer ?? '')
  );
}
