import { z } from 'zod';
import type { TokenGrant } from '../types.ts';
import { readPath } from './dotted_path.ts';

const MAX_TOKEN_LENGTH = 64 * 1024;
const MAX_LABEL_LENGTH = 200;

const label = z
  .string()
  .transform((text) =>
    text
      .replaceAll(/[\p{Cc}\p{Cf}]+/gu, ' ')
      .trim()
      .slice(0, MAX_LABEL_LENGTH),
  )
  .transform((text) => (text === '' ? undefined : text))
  .optional()
  .catch(undefined);

const accountId = z.union([z.string().min(1).max(255), z.number().transform(String)]);

/** OpenID Connect Core §2 and §5.1, only what names a person. */
const claims = z.object({
  sub: accountId,
  email: label,
  preferred_username: label,
  name: label,
});

/** The issuer and the recipient that an ID token must name. */
export interface IdTokenExpectation {
  /** `undefined`: no issuer is configured, so `iss` is not compared. */
  readonly issuer?: string | undefined;
  /** `undefined`: another party owns the client (EARS), so `aud` is not compared. */
  readonly clientId?: string | undefined;
  readonly now: Date;
}

/** Clock skew. An ID token decides nothing after it was read once, so minutes do no harm. */
const MAX_SKEW_SECONDS = 5 * 60;

/** OpenID Connect Core §2. Some providers leave them out of what they call an ID token. */
const validity = z.object({
  iss: z.string().optional(),
  aud: z.union([z.string(), z.array(z.string())]).optional(),
  exp: z.number().optional(),
});

/**
 * Whose account a grant is for, from the payload of an ID token. Its signature is not checked: it
 * came over TLS from the token endpoint (OpenID Connect Core §3.1.3.7 point 6). Issuer, audience
 * and expiry are, where the token names them: the account decides which grant replaces which.
 * An unreadable token, or one for another client, means unknown, never an error.
 */
export function readAccount(idToken: unknown, expected: IdTokenExpectation): TokenGrant['account'] {
  if (typeof idToken !== 'string' || idToken.length > MAX_TOKEN_LENGTH) return undefined;
  const payload = idToken.split('.')[1];
  if (payload === undefined) return undefined;
  const value = parseJson(Buffer.from(payload, 'base64url').toString('utf8'));
  return isMeantForClient(value, expected) ? accountOfClaims(value) : undefined;
}

/** OpenID Connect Core §3.1.3.7, points 2, 3 and 9. */
function isMeantForClient(value: unknown, { issuer, clientId, now }: IdTokenExpectation): boolean {
  const parsed = validity.safeParse(value);
  if (!parsed.success) return false;
  const { iss, aud, exp } = parsed.data;
  if (issuer !== undefined && iss !== undefined && !isSameIssuer(iss, issuer)) return false;
  if (clientId !== undefined && aud !== undefined && ![aud].flat().includes(clientId)) return false;
  return exp === undefined || exp + MAX_SKEW_SECONDS > now.getTime() / 1000;
}

/**
 * Google also names itself without the scheme. A slash at the end is a frequent mistake.
 */
function isSameIssuer(iss: string, issuer: string): boolean {
  const plain = (text: string): string => text.replace(/^https:\/\//, '').replace(/\/$/, '');
  return plain(iss) === plain(issuer);
}

/** The account of a set of claims (OpenID Connect Core §5.1). `undefined`: they name none. */
export function accountOfClaims(value: unknown): TokenGrant['account'] {
  const parsed = claims.safeParse(value);
  if (!parsed.success) return undefined;
  const { sub, email, preferred_username: username, name } = parsed.data;
  return { id: sub, label: email ?? username ?? name ?? sub.slice(0, MAX_LABEL_LENGTH) };
}

/** Configured paths of the account, for a provider that follows no standard. */
export interface AccountPaths {
  readonly accountIdPath?: string | undefined;
  readonly accountLabelPath?: string | undefined;
}

/**
 * The account at configured paths of a response. `undefined`: no path is configured, or no usable
 * value is there.
 */
export function accountAt(
  body: Readonly<Record<string, unknown>>,
  { accountIdPath, accountLabelPath }: AccountPaths,
): TokenGrant['account'] {
  if (accountIdPath === undefined) return undefined;
  const id = accountId.safeParse(readPath(body, accountIdPath));
  if (!id.success) return undefined;
  const named =
    accountLabelPath === undefined ? undefined : label.parse(readPath(body, accountLabelPath));
  return { id: id.data, label: named ?? id.data.slice(0, MAX_LABEL_LENGTH) };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Nobody can act on it, and the message would quote the token.
    return undefined;
  }
}
