import type { ServerRequest } from '@latchkey/core/server';
import { PageRefusal } from '../pages/index.ts';
import { CONFIRMATION_TEXTS } from './confirmation_texts.ts';

type Navigation = Pick<ServerRequest, 'method' | 'headers'>;

/**
 * Refuses requests that embed or prefetch the link, which browsers mark in fetch metadata. Clients
 * that are not browsers send no such headers.
 * @throws HttpError 403, 405
 */
export function ensureTopLevelPage({ method, headers }: Navigation): void {
  // A HEAD request must not start anything.
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
 * Returns `true` if the user clicked a link on a page of this server that is trusted to list
 * connectors. Such a click counts as a confirmation. It is recognised by fetch metadata and
 * `Referer`, which browsers set and pages cannot forge. Fetch metadata alone is not enough: the
 * login page, error pages and redirects may lead to a path that a page of another site has chosen.
 * So all responses of this server have the policy `no-referrer`, which removes `Referer` from their
 * links and redirects. Only a page that lists connectors, and contains no path from another site,
 * is sent with the policy `same-origin`, so that its links skip the confirmation.
 */
export function isOwnClick({ headers }: Navigation): boolean {
  return (
    headers['sec-fetch-site'] === 'same-origin' &&
    headers['sec-fetch-user'] === '?1' &&
    URL.canParse(headers.referer ?? '')
  );
}
