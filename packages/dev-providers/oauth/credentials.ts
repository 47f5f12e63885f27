import { createHash, timingSafeEqual } from 'node:crypto';
import { type Exchange, formOf } from '../http/index.ts';

/** Client credentials of a request. */
export interface Credentials {
  readonly id: string;
  readonly secret: string;
}

/**
 * Returns the credentials in HTTP Basic or in the body (RFC 6749 §2.3.1).
 * @returns `undefined` when the request uses both
 */
export function credentialsOf(exchange: Exchange): Credentials | undefined {
  const form = formOf(exchange);
  const basic = basicCredentials(exchange.request.headers.authorization);
  const posted = form.get('client_secret');
  if (basic !== undefined) return posted === null ? basic : undefined;
  return { id: form.get('client_id') ?? '', secret: posted ?? '' };
}

/** Reads an `Authorization` header. Both parts are form-encoded before they are joined. */
function basicCredentials(header: string | undefined): Credentials | undefined {
  const encoded = /^Basic +([A-Za-z0-9+/]+=*) *$/i.exec(header ?? '')?.[1];
  if (encoded === undefined) return undefined;
  const [id, ...rest] = Buffer.from(encoded, 'base64').toString('utf8').split(':');
  const decode = (part: string) =>
    new URLSearchParams(`part=${part.replaceAll('&', '%26')}`).get('part') ?? '';
  return { id: decode(id ?? ''), secret: decode(rest.join(':')) };
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Compares secrets in constant time. */
export const isSameSecret = (left: string, right: string): boolean =>
  timingSafeEqual(digest(left), digest(right));

/** Returns the S256 challenge of a PKCE verifier (RFC 7636 §4.2). */
export const challengeOf = (verifier: string): string => digest(verifier).toString('base64url');
