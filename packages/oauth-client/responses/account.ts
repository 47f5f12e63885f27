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

/**
 * Whose account a grant is for, from the payload of an ID token. Its signature is not checked: it came over TLS from the token endpoint
 * (OpenID Connect Core §3.1.3.7) and is only shown. Anything unreadable means unknown, never an error.
 */
export function readAccount(idToken: unknown): TokenGrant['account'] {
  if (typeof idToken !== 'string' || idToken.length > MAX_TOKEN_LENGTH) return undefined;
  const payload = idToken.split('.')[1];
  if (payload === undefined) return undefined;
  return accountOfClaims(parseJson(Buffer.from(payload, 'base64url').toString('utf8')));
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
