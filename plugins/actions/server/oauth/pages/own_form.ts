import { createHmac, timingSafeEqual } from 'node:crypto';
import type { CookieToSet, Randomness, ServerRequest, UrlBuilder } from '@latchkey/core/server';

const COOKIE = 'latchkey_form';
/** Seconds a page may stay open before its form is refused. */
const LIFETIME_SECONDS = 60 * 60;
const NONCE = /^[A-Za-z0-9_-]{43}$/;

/**
 * Headers of a page with a form. Under the default policy `no-referrer`, browsers send `Origin:
 * null` with the form, which does not identify the page.
 */
export const FORM_PAGE_HEADERS: Readonly<Record<string, string>> = {
  'referrer-policy': 'same-origin',
};

/** Purpose of a form: user, object and version. A token is valid for one purpose only. */
export type FormPurpose = readonly string[];

/**
 * Creates the token for a hidden field. It proves that the page was rendered for this browser: a
 * page of another site can neither read nor compute it, because only this browser knows the nonce
 * in the cookie. All open pages share one nonce.
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

/** Returns `true` if a form was rendered for this browser and this purpose. */
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
 * Returns `true` if a page of this server sent the request, according to the browser. Clients that
 * are not browsers send no such headers; for them the token alone decides. A proxy may change
 * `Host`, so the public address counts as well.
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
