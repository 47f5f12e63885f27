import { createHmac, timingSafeEqual } from 'node:crypto';
import type { CookieToSet, Randomness, ServerRequest, UrlBuilder } from '@latchkey/core/server';

const COOKIE = 'latchkey_form';
/** Time for which the form of a page is accepted, in seconds. */
const LIFETIME_SECONDS = 60 * 60;
const NONCE = /^[A-Za-z0-9_-]{43}$/;

/**
 * Headers of a page with a form. With the default policy `no-referrer`, browsers would send
 * `Origin: null` with the form, which does not show where the form comes from. Each link on such a
 * page needs `rel="noreferrer"`: with `Referer`, a link to the start of an authorization would skip
 * the confirmation page (see `isOwnClick`), and another site may have chosen the link.
 */
export const FORM_PAGE_HEADERS: Readonly<Record<string, string>> = {
  'referrer-policy': 'same-origin',
};

/**
 * Purpose of a form: user, object and version. A token is valid only for the purpose for which it
 * was created.
 */
export type FormPurpose = readonly string[];

/**
 * Creates the token for a hidden field of a form. The token proves that the page was rendered for
 * this browser. A page of another site can neither read nor compute it, because only this browser
 * has the nonce in its cookie. All open pages of a browser share one nonce.
 */
export function issueFormToken(
  { cookies }: Pick<ServerRequest, 'cookies'>,
  purpose: FormPurpose,
  randomness: Pick<Randomness, 'bytes'>,
): { readonly token: string; readonly cookie: CookieToSet } {
  const known = cookies[COOKIE];
  const nonce =
    known !== undefined && NONCE.test(known) ? known : randomness.bytes(32).toString('base64url');
  return {
    token: tokenOf(nonce, purpose),
    cookie: { name: COOKIE, value: nonce, maxAgeSeconds: LIFETIME_SECONDS, sameSite: 'lax' },
  };
}

/** Returns `true` if the form was rendered for this browser and for this purpose. */
export function isOwnForm(
  { cookies }: Pick<ServerRequest, 'cookies'>,
  token: string,
  purpose: FormPurpose,
): boolean {
  const nonce = cookies[COOKIE];
  if (nonce === undefined || !NONCE.test(nonce)) return false;
  const [given, expected] = [Buffer.from(token), Buffer.from(tokenOf(nonce, purpose))];
  return given.length === expected.length && timingSafeEqual(given, expected);
}

/**
 * Returns `true` if a page of this server sent the request, according to headers that browsers set.
 * For clients that are not browsers, and send no such headers, the token alone decides. `Origin`
 * may equal `Host` or the public address, because a proxy may change `Host`.
 */
export function isFromOwnOrigin(
  { headers }: Pick<ServerRequest, 'headers'>,
  { publicBaseUrl }: Pick<UrlBuilder, 'publicBaseUrl'>,
): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin') return false;
  const { origin, host } = headers;
  if (origin === undefined) return true;
  const sender = URL.parse(origin);
  if (sender === null) return site === 'same-origin';
  return sender.host === host || sender.origin === URL.parse(publicBaseUrl ?? '')?.origin;
}

function tokenOf(nonce: string, purpose: FormPurpose): string {
  return createHmac('sha256', nonce).update(JSON.stringify(purpose)).digest('base64url');
}
