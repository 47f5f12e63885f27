import type { Randomness } from '@latchkey/core/server';
import type { OAuthError, TokenGrant } from '@latchkey/oauth-client';
import type { ProviderClient } from '../../../types.ts';
import { type GrantChanges, type GrantRecord, lifetimeStart } from '../grants/grant_record.ts';

/** The provider may have spent the refresh token although its answer never arrived. */
export const RESPONSE_LOST = 'refresh_response_lost';

/** A refresh returned tokens of another account than the connected one. */
export const OTHER_ACCOUNT = 'refreshed_other_account';

const FIRST_BACKOFF_MS = 1_000;
const MAX_OWN_BACKOFF_MS = 60_000;
const MAX_RETRY_AFTER_MS = 60 * 60_000;

/**
 * The stored grant after a successful refresh or code exchange, in one write: tokens, expiry and state together.
 * A provider that sends no new refresh token keeps the old one alive (RFC 6749 §6); one that rotates without naming a lifetime clears the old deadline.
 */
export function changesAfterGrant(
  previous: GrantRecord | undefined,
  grant: TokenGrant,
  defaultLifetimeSeconds: number,
): GrantChanges {
  const refreshToken = grant.refreshToken ?? previous?.refreshToken;
  const issuedAt = grant.receivedAt;
  const rotated = grant.refreshToken !== undefined && grant.refreshToken !== previous?.refreshToken;
  const refreshTokenExpiresAt =
    later(issuedAt, grant.refreshTokenLifetimeSeconds) ??
    (rotated ? undefined : previous?.refreshTokenExpiresAt);
  return {
    state: 'connected',
    ...(previous?.state === 'connected' ? {} : { stateSince: issuedAt }),
    accessToken: `${grant.tokenType} ${grant.accessToken}`,
    refreshToken,
    issuedAt,
    expiresAt: expiryOf(
      previous,
      grant,
      refreshToken !== undefined ? defaultLifetimeSeconds : undefined,
    ),
    refreshTokenExpiresAt,
    lifetimeStartedAt: lifetimeStartOf(previous, issuedAt, refreshTokenExpiresAt),
    scopes: grant.scopes ?? previous?.scopes,
    account: accountOf(previous, grant),
    lastError: undefined,
    failures: 0,
    nextAttemptAt: undefined,
    pendingUntil: undefined,
    refresh: undefined,
  };
}

/**
 * Tells if refreshed tokens belong to another account than the grant (OpenID Connect Core §12.2).
 * Only ids of the same source are compared.
 */
export function isOfOtherAccount(
  { account: known }: GrantRecord,
  { account: named }: TokenGrant,
  { isAccountFromIdToken }: Pick<ProviderClient, 'isAccountFromIdToken'>,
): boolean {
  if (isAccountFromIdToken !== true || known === undefined || named === undefined) return false;
  return named.id !== known.id;
}

/**
 * A refresh may change the name of an account, never its id: an ID token may use another id than
 * the userinfo endpoint.
 */
function accountOf(previous: GrantRecord | undefined, grant: TokenGrant): GrantRecord['account'] {
  const known = previous?.account;
  return known === undefined || known.id === grant.account?.id ? grant.account : known;
}

/**
 * With a refresh a provider either prolongs the authorization or keeps its end. Rounding and delays
 * move a fixed end by up to a second; a prolonged end moves with the clock.
 */
function lifetimeStartOf(
  previous: GrantRecord | undefined,
  issuedAt: Date,
  end: Date | undefined,
): Date {
  if (previous === undefined) return issuedAt;
  const { refreshTokenExpiresAt, issuedAt: issuedBefore } = previous;
  const start = lifetimeStart(previous);
  if (end === undefined || refreshTokenExpiresAt === undefined) return start;
  const movedMs = end.getTime() - refreshTokenExpiresAt.getTime();
  const elapsedMs = issuedAt.getTime() - (issuedBefore ?? start).getTime();
  return movedMs > Math.max(1_000, elapsedMs / 2) ? issuedAt : start;
}

/**
 * When the provider names no lifetime: the last one it named, else its default; but a token that nothing can refresh is used until a 401,
 * since guessing would send its owner back to the provider for nothing.
 */
function expiryOf(
  previous: GrantRecord | undefined,
  grant: TokenGrant,
  assumedSeconds: number | undefined,
): Date | undefined {
  if (grant.lifetimeSeconds !== undefined) return later(grant.receivedAt, grant.lifetimeSeconds);
  if (assumedSeconds === undefined) return undefined;
  const { issuedAt, expiresAt } = previous ?? {};
  const last = issuedAt && expiresAt ? (expiresAt.getTime() - issuedAt.getTime()) / 1000 : 0;
  return later(grant.receivedAt, last > 0 ? last : assumedSeconds);
}

/**
 * The stored grant after a failure that will pass. `lastError` tells people why it is slow; the tokens stay. That an answer was lost is remembered through
 * later failures of another kind, because it explains a refusal that may follow.
 */
export function changesAfterTransientFailure(
  record: GrantRecord,
  error: OAuthError,
  at: { readonly now: Date; readonly randomness: Randomness },
): GrantChanges {
  const failures = record.failures + 1;
  const wasLost = record.lastError?.code === RESPONSE_LOST;
  return {
    state: 'refresh_failing',
    ...(record.state === 'refresh_failing' ? {} : { stateSince: at.now }),
    lastError: { code: error.responseLost || wasLost ? RESPONSE_LOST : error.code, at: at.now },
    failures,
    nextAttemptAt: new Date(
      at.now.getTime() + backoffMs(failures, error.retryAfterMs, at.randomness),
    ),
    refresh: undefined,
  };
}

/** The stored grant once only its owner can help. A token the API refused is not served again. */
export function changesAfterDeath(
  record: GrantRecord,
  death: { readonly code: string; readonly now: Date; readonly accessTokenRejected: boolean },
): GrantChanges {
  return {
    state: 'needs_reauth',
    ...(record.state === 'needs_reauth' ? {} : { stateSince: death.now }),
    lastError: { code: death.code, at: death.now },
    nextAttemptAt: undefined,
    refresh: undefined,
    ...(death.accessTokenRejected ? { expiresAt: death.now } : {}),
  };
}

/** Doubling with full jitter in its upper half, never under what the provider asked for (RFC 9110 §10.2.3). */
function backoffMs(
  failures: number,
  retryAfterMs: number | undefined,
  randomness: Randomness,
): number {
  const ceiling = Math.min(MAX_OWN_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** Math.min(failures - 1, 16));
  const own = ceiling / 2 + (ceiling / 2) * randomness.fraction();
  return Math.max(own, Math.min(retryAfterMs ?? 0, MAX_RETRY_AFTER_MS));
}

function later(from: Date, seconds: number | undefined): Date | undefined {
  return seconds === undefined ? undefined : new Date(from.getTime() + seconds * 1000);
}
