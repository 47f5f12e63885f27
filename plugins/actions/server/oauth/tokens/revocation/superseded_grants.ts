import { dialectOf } from '@latchkey/oauth-client';
import type { GrantRecord } from '../grants/grant_record.ts';
import type { HeldGrant, TokenToRevoke } from '../grants/held_grant.ts';
import { MAX_SUPERSEDED, type SupersededGrant } from '../grants/token_types.ts';
import type { RevocationClient } from './client_resolver.ts';

/**
 * Maximum number of characters of the superseded tokens of one grant. Limited, because every call
 * decrypts them.
 */
const MAX_CHARACTERS = 256 * 1024;
/** Maximum number of tokens of one superseded grant. */
const MAX_TOKENS = 100;

/** The grant that replaces another one. */
export interface Successor {
  readonly client: RevocationClient;
  /** Id of its account at the provider. `undefined`: the provider named none. */
  readonly accountId: string | undefined;
}

/** Decision about the tokens that a new grant overwrites. */
export interface SupersededPlan {
  /** Kept with the new grant, and revoked when the new grant ends. */
  readonly kept: readonly SupersededGrant[];
  /** Revoked as soon as the new grant is stored. */
  readonly revokedNow: readonly SupersededGrant[];
}

/**
 * Decides what happens to the tokens that a new grant overwrites. Tokens of another client, or of
 * an account that is known to differ, are revoked. The others are kept, because some providers end
 * all grants of an account and client, including the new one, when any token is revoked.
 */
export function planSuperseded(
  previous: GrantRecord,
  { client, accountId }: Successor,
  nowMs: number,
): SupersededPlan {
  const all = supersededWith(previous, nowMs);
  if (previous.clientFingerprint !== client.fingerprint) return { kept: [], revokedNow: all };
  const isAnother = (earlier: SupersededGrant) => isOfAnotherAccount(earlier, accountId);
  const { kept, overflow } = withinLimits(all.filter((earlier) => !isAnother(earlier)));
  const revokedNow = [
    ...all.filter(isAnother),
    ...overflow.filter((earlier) => !revocationEndsBoth(earlier, { client, accountId })),
  ];
  return { kept, revokedNow };
}

/** Decides what happens to tokens that are added to the superseded tokens of a usable grant. */
export function planAdded(
  grant: GrantRecord,
  added: SupersededGrant,
  client: RevocationClient,
): SupersededPlan {
  const { kept, overflow } = withinLimits([added, ...without(grant.supersededGrants, added)]);
  const successor = { client, accountId: grant.account?.id };
  return {
    kept,
    revokedNow: overflow.filter((earlier) => !revocationEndsBoth(earlier, successor)),
  };
}

/** Returns `true` if both accounts are known and differ. */
export function isOfAnotherAccount(
  { accountId }: Pick<SupersededGrant, 'accountId'>,
  other: string | undefined,
): boolean {
  return accountId !== undefined && other !== undefined && accountId !== other;
}

/**
 * Returns `true` if revoking these tokens also ends the successor, because the provider ends all
 * grants of an account and client together, and both have the same account. Returns `false` if an
 * account is unknown.
 */
export function revocationEndsBoth(
  earlier: Pick<SupersededGrant, 'accountId'>,
  { client, accountId }: Successor,
): boolean {
  return (
    earlier.accountId !== undefined &&
    earlier.accountId === accountId &&
    dialectOf(client.configuration).revocationEndsAllGrants
  );
}

/**
 * Returns the tokens of a grant, the refresh token first, and the access token without its type.
 */
export function tokensOf({
  accessToken,
  refreshToken,
}: Pick<GrantRecord, 'accessToken' | 'refreshToken'>): TokenToRevoke[] {
  const bare = accessToken?.slice(accessToken.indexOf(' ') + 1);
  return [
    ...(refreshToken === undefined
      ? []
      : [{ token: refreshToken, kind: 'refresh_token' as const }]),
    ...(bare === undefined || bare === '' ? [] : [{ token: bare, kind: 'access_token' as const }]),
  ];
}

/** Returns the tokens that the new grant overwrites, the newest first. */
function supersededWith(previous: GrantRecord, nowMs: number): readonly SupersededGrant[] {
  const { held } = previous;
  const rest = ownAndEarlier(previous, nowMs);
  if (held === undefined) return rest;
  return [...heldTokens(held), ...rest];
}

/** Returns the tokens of a held grant, and the earlier tokens of its account. */
export function heldTokens(held: HeldGrant): readonly SupersededGrant[] {
  const tokens = [...tokensOf(held), ...held.earlierTokens];
  const accountId = held.account === undefined ? {} : { accountId: held.account.id };
  const parts = Array.from({ length: Math.ceil(tokens.length / MAX_TOKENS) }, (_, index) =>
    tokens.slice(index * MAX_TOKENS, (index + 1) * MAX_TOKENS),
  );
  return parts.map((part) => ({ ...accountId, tokens: part }));
}

function ownAndEarlier(previous: GrantRecord, nowMs: number): readonly SupersededGrant[] {
  const { accessToken, refreshToken, expiresAt, account } = previous;
  const isFinished = expiresAt !== undefined && expiresAt.getTime() <= nowMs;
  // An expired access token is kept only if there is no refresh token, because the clock may be
  // wrong.
  const isAccessTokenDropped = isFinished && refreshToken !== undefined;
  const tokens = tokensOf({
    refreshToken,
    accessToken: isAccessTokenDropped ? undefined : accessToken,
  });
  if (tokens.length === 0) return previous.supersededGrants;
  const own = { ...(account === undefined ? {} : { accountId: account.id }), tokens };
  return [own, ...without(previous.supersededGrants, own)];
}

/** Removes grants whose tokens are all among the given tokens. */
function without(
  grants: readonly SupersededGrant[],
  { tokens }: SupersededGrant,
): readonly SupersededGrant[] {
  return grants.filter(
    (other) => !other.tokens.every(({ token }) => tokens.some((own) => own.token === token)),
  );
}

function withinLimits(grants: readonly SupersededGrant[]): {
  readonly kept: readonly SupersededGrant[];
  readonly overflow: readonly SupersededGrant[];
} {
  let characters = 0;
  const end = grants.findIndex(({ tokens }, index) => {
    characters += tokens.reduce((sum, { token }) => sum + token.length, 0);
    return index >= MAX_SUPERSEDED || characters > MAX_CHARACTERS;
  });
  const count = end === -1 ? grants.length : end;
  return { kept: grants.slice(0, count), overflow: grants.slice(count) };
}
