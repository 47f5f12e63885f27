import { z } from 'zod';
import { type Account, accountOfClaims } from './account.ts';

const MAX_TOKEN_LENGTH = 64 * 1024;

/**
 * Maximum difference between the clocks of this server and the provider. An ID token is read only
 * once, so minutes do no harm.
 */
const MAX_SKEW_SECONDS = 5 * 60;

/** Issuer and audience that an ID token must name. */
export interface IdTokenExpectation {
  /** Expected `iss`. `undefined`: no issuer is configured, so `iss` is not compared. */
  readonly issuer?: string | undefined;
  /**
   * Expected `aud`. `undefined`: another party owns the client (EARS), so `aud` is not compared.
   */
  readonly clientId?: string | undefined;
  readonly now: Date;
}

/**
 * Claims that say when, by whom and for whom the token was issued (OpenID Connect Core §2). Some
 * providers omit these claims, so all are optional.
 */
const validity = z.object({
  iss: z.string().optional(),
  aud: z.union([z.string(), z.array(z.string())]).optional(),
  exp: z.number().optional(),
});

/**
 * Reads the account from the payload of an ID token. Does not check the signature: the token came
 * over TLS from the token endpoint (OpenID Connect Core §3.1.3.7 point 6). Checks issuer, audience
 * and expiry where the token has them, because the account decides which grant replaces which.
 * @returns `undefined`: the token is not readable, expired, or for another client
 */
export function readAccount(idToken: unknown, expected: IdTokenExpectation): Account | undefined {
  if (typeof idToken !== 'string' || idToken.length > MAX_TOKEN_LENGTH) return undefined;
  const payload = idToken.split('.')[1];
  if (payload === undefined) return undefined;
  const value = parseJson(Buffer.from(payload, 'base64url').toString('utf8'));
  return isForClient(value, expected) ? accountOfClaims(value) : undefined;
}

/**
 * Returns `true` if the token is from the issuer, for the client and not expired (OpenID Connect
 * Core §3.1.3.7, points 2, 3 and 9).
 */
function isForClient(value: unknown, { issuer, clientId, now }: IdTokenExpectation): boolean {
  const parsed = validity.safeParse(value);
  if (!parsed.success) return false;
  const { iss, aud, exp } = parsed.data;
  if (issuer !== undefined && iss !== undefined && !isSameIssuer(iss, issuer)) return false;
  if (clientId !== undefined && aud !== undefined && ![aud].flat().includes(clientId)) return false;
  return exp === undefined || exp + MAX_SKEW_SECONDS > now.getTime() / 1000;
}

/**
 * Compares issuers. Google omits the scheme in some ID tokens, and a trailing slash is a common
 * configuration error.
 */
function isSameIssuer(iss: string, issuer: string): boolean {
  const plain = (text: string): string => text.replace(/^https:\/\//, '').replace(/\/$/, '');
  return plain(iss) === plain(issuer);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not an error: no user or administrator can correct it, and the message would quote the token.
    return undefined;
  }
}
