import type { Randomness } from '@latchkey/core/server';
import type { OAuthError, TokenGrant } from '@latchkey/oauth-client';
import type { ProviderClient } from '../../strategies/index.ts';
import { type GrantChanges, type GrantRecord, lifetimeStart } from '../grants/grant_record.ts';

/** The provider may have spent the refresh token although its response was never received. */
export const RESPONSE_LOST = 'refresh_response_lost';

/** A refresh returned tokens of another account than the connected one. */
export const OTHER_ACCOUNT = 'refreshed_other_account';

const INITIAL_BACKOFF_MS = 1_000;
const MAX_OWN_BACKOFF_MS = 60_000;
const MAX_RETRY_AFTER_MS = 60 * 60_000;

/**
 * Changes of the grant after a successful refresh or code exchange: tokens, expiry and state in one
 * write.
 *
 * If the provider sends no new refresh token, the old one stays valid (RFC 6749 §6). If it sends a
 * new one without a lifetime, the old deadline is cleared.
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
    addSeconds(issuedAt, grant.refreshTokenLifetimeSeconds) ??
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
 * Account after a refresh. A refresh may change the name of an account, never its id: an ID token
 * may use another id than the userinfo endpoint.
 */
function accountOf(previous: GrantRecord | undefined, grant: TokenGrant): GrantRecord['account'] {
  const known = previous?.account;
  return known === undefined || known.id === grant.account?.id ? grant.account : known;
}

/**
 * Start of the lifetime of the authorization. A refresh either extends the authorization or keeps
 * its end. Rounding and delays move a fixed end by up to a second. An extended end moves with the
 * clock.
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
 * Expiry of the access token. When the provider names no lifetime: the last lifetime it named, else
 * the default. A token that cannot be refreshed gets no expiry and is used until a 401: a wrong
 * guess would make its user authorize again for no reason.
 */
function expiryOf(
  previous: GrantRecord | undefined,
  grant: TokenGrant,
  assumedSeconds: number | undefined,
): Date | undefined {
  if (grant.lifetimeSeconds !== undefined)
    return addSeconds(grant.receivedAt, grant.lifetimeSeconds);
  if (assumedSeconds === undefined) return undefined;
  const { issuedAt, expiresAt } = previous ?? {};
  const last = issuedAt && expiresAt ? (expiresAt.getTime() - issuedAt.getTime()) / 1000 : 0;
  return addSeconds(grant.receivedAt, last > 0 ? last : assumedSeconds);
}

/**
 * Changes of the grant after a temporary failure. `lastError` shows users the cause of the delay.
 * The tokens stay. A lost response stays recorded through later failures of another kind, because
 * it explains a later refusal.
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

/**
 * Changes of the grant when its user must authorize again. A token that the API rejected is not
 * served again.
 */
export function changesWhenReauthNeeded(
  record: GrantRecord,
  rejection: { readonly code: string; readonly now: Date; readonly accessTokenRejected: boolean },
): GrantChanges {
  return {
    state: 'needs_reauth',
    ...(record.state === 'needs_reauth' ? {} : { stateSince: rejection.now }),
    lastError: { code: rejection.code, at: rejection.now },
    nextAttemptAt: undefined,
    refresh: undefined,
    ...(rejection.accessTokenRejected ? { expiresAt: rejection.now } : {}),
  };
}

/**
 * Backoff that doubles, with jitter in its upper half. Never shorter than the `Retry-After` of the
 * provider (RFC 9110 §10.2.3), which counts up to one hour.
 */
function backoffMs(
  failures: number,
  retryAfterMs: number | undefined,
  randomness: Randomness,
): number {
  const ceiling = Math.min(
    MAX_OWN_BACKOFF_MS,
    INITIAL_BACKOFF_MS * 2 ** Math.min(failures - 1, 16),
  );
  const ownBackoffMs = ceiling / 2 + (ceiling / 2) * randomness.fraction();
  return Math.max(ownBackoffMs, Math.min(retryAfterMs ?? 0, MAX_RETRY_AFTER_MS));
}

function addSeconds(from: Date, seconds: number | undefined): Date | undefined {
  return seconds === undefined ? undefined : new Date(from.getTime() + seconds * 1000);
}
