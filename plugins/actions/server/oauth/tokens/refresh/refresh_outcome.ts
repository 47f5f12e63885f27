import type { AuthorizationReason } from '@latchkey/connector-specs';
import type { Randomness } from '@latchkey/core/server';
import type { OAuthError, OAuthErrorCode, TokenGrant } from '@latchkey/oauth-client';
import { backoffMs } from '@latchkey/saved-objects/coordination';
import type { ConfigurationErrorCode, ProviderClient } from '../../strategies/index.ts';
import {
  type GrantChanges,
  type GrantRecord,
  isUsable,
  lifetimeStart,
  tokenFingerprint,
} from '../grants/grant_record.ts';
import { keepAliveDate } from '../grants/keep_alive_date.ts';
import { isLeaseOf } from '../grants/leased_grant.ts';
import { factsAfterGrant } from '../grants/stored_facts.ts';
import type { TokenUnavailableCode } from '../grants/token_errors.ts';
import type { RefreshRequest } from './refresh_request.ts';
import { issuedForOf } from './shared_token_binding.ts';

/**
 * Code of a refresh whose response was not received, so that the provider may have spent the
 * refresh token.
 */
export const RESPONSE_LOST = 'refresh_response_lost';

/** Code of a refresh that returned tokens of a different account than the connected one. */
export const OTHER_ACCOUNT = 'refreshed_other_account';

const BACKOFF = { initialMs: 1_000, maxMs: 60_000 };
const MAX_RETRY_AFTER_MS = 60 * 60_000;

/**
 * Returns the changes of a grant after a refresh or code exchange: tokens, expiry and state in one
 * write.
 * If the response contains no new refresh token, the old one stays valid (RFC 6749 §6). If it
 * contains a new one without a lifetime, the old expiry is removed.
 */
export function changesAfterGrant(
  previous: GrantRecord | undefined,
  grant: TokenGrant,
  defaultLifetimeSeconds: number | undefined,
): GrantChanges {
  const refreshToken = grant.refreshToken ?? previous?.refreshToken;
  const issuedAt = grant.requestedAt;
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
    facts: factsAfterGrant(previous?.facts, grant),
    ...accountOf(previous, grant),
    lastError: undefined,
    failures: 0,
    nextAttemptAt: undefined,
    pendingUntil: undefined,
    refresh: undefined,
  };
}

/**
 * Adds changes that depend on the request of the refresh. For a shared token, these are the
 * fingerprint of the client, because the connector may have been edited since, and the binding to
 * the connector. For the token of a user, it is the keep-alive date, which depends on the idle
 * limit of the provider.
 */
export function withRequestFields(
  changes: GrantChanges,
  { key, client, connector }: Pick<RefreshRequest, 'key' | 'client' | 'connector'>,
): GrantChanges {
  const { accessToken, issuedAt } = changes;
  if (key.scope === 'shared') {
    const issuedFor = accessToken === undefined ? undefined : issuedForOf(accessToken, connector);
    return { ...changes, clientFingerprint: client.fingerprint, issuedFor };
  }
  return issuedAt === undefined
    ? changes
    : { ...changes, keepAliveAt: keepAliveDate(key, issuedAt, client.idleLimitDays) };
}

/**
 * Removes scopes and account from the changes, because the store may have refused them.
 * `undefined`: the changes contain neither.
 */
export function withoutDetails(changes: GrantChanges): GrantChanges | undefined {
  if (!('scopes' in changes) && !('account' in changes)) return undefined;
  const { scopes: _scopes, account: _account, accountSource: _source, ...remaining } = changes;
  return remaining;
}

/**
 * Returns `true` if the tokens of a refresh are newer than the stored ones: the grant is the same
 * and usable, and its refresh token is the one that was sent. A shared token has no refresh token;
 * then the lease decides.
 * @param current the grant as it is stored now
 * @param leased the grant whose refresh token was sent
 */
export function isStillNewest(
  current: GrantRecord | undefined,
  leased: GrantRecord,
): current is GrantRecord {
  if (current?.generation !== leased.generation || !isUsable(current)) return false;
  return leased.key.scope === 'shared'
    ? isLeaseOf(current, leased)
    : refreshTokenFingerprint(current.refreshToken) ===
        refreshTokenFingerprint(leased.refreshToken);
}

/** Returns the fingerprint of a refresh token. `undefined`: there is no refresh token. */
export function refreshTokenFingerprint(token: string | undefined): string | undefined {
  return token === undefined ? undefined : tokenFingerprint(token);
}

/**
 * Returns the changes of a grant whose lease a process takes. Records `refresh_response_lost` if an
 * expired lease has the hash of the same refresh token: its holder crashed, perhaps after the
 * provider had responded.
 * @param spent fingerprint of the refresh token that is about to be sent. `undefined`: none is sent
 */
export function changesAfterTakeover(
  record: GrantRecord,
  spent: string | undefined,
  now: Date,
): GrantChanges {
  if (record.refresh?.spent === undefined || record.refresh.spent !== spent) return {};
  return { lastError: { code: RESPONSE_LOST, at: now } };
}

/**
 * Returns `true` if refreshed tokens belong to a different account than the grant (OpenID Connect
 * Core §12.2). Compares only ids of ID tokens, because an edit of the connector may have changed
 * where the account is found. In grants of older versions this place is unknown; then it matters
 * whether the client reads accounts only from ID tokens.
 */
export function isOfOtherAccount(
  { account: known, accountSource: knownSource }: GrantRecord,
  { account: named, accountSource: namedSource }: TokenGrant,
  { isAccountFromIdToken }: Pick<ProviderClient, 'isAccountFromIdToken'>,
): boolean {
  if (known === undefined || named === undefined) return false;
  const assumed = isAccountFromIdToken === true ? 'id_token' : undefined;
  const isComparable = [knownSource, namedSource].every(
    (source) => (source ?? assumed) === 'id_token',
  );
  return isComparable && named.id !== known.id;
}

/**
 * Returns the account after a refresh. A refresh may change the name of an account, but never its
 * id: an ID token may contain a different id than the userinfo endpoint.
 */
function accountOf(
  previous: GrantRecord | undefined,
  { account, accountSource }: TokenGrant,
): Pick<GrantChanges, 'account' | 'accountSource'> {
  const known = previous?.account;
  return known === undefined || known.id === account?.id
    ? { account, accountSource }
    : { account: known, accountSource: previous?.accountSource };
}

/**
 * Returns the start of the lifetime of the authorization. A refresh either extends the
 * authorization or leaves its end unchanged. Rounding and delays may move an unchanged end by up to
 * a second, while an extended end moves with the clock.
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
 * Returns the expiry of the access token. If the response states no lifetime, uses the last stated
 * one, else the default. A token without a refresh token gets no expiry then, and is used until a
 * 401: a wrong guess would force its user to authorize again.
 */
function expiryOf(
  previous: GrantRecord | undefined,
  grant: TokenGrant,
  assumedSeconds: number | undefined,
): Date | undefined {
  if (grant.lifetimeSeconds !== undefined)
    return addSeconds(grant.requestedAt, grant.lifetimeSeconds);
  if (assumedSeconds === undefined) return undefined;
  const { issuedAt, expiresAt } = previous ?? {};
  const last = issuedAt && expiresAt ? (expiresAt.getTime() - issuedAt.getTime()) / 1000 : 0;
  return addSeconds(grant.requestedAt, last > 0 ? last : assumedSeconds);
}

/**
 * Returns the changes of a grant after a temporary failure. `lastError` tells users the cause. The
 * tokens stay. The code of a lost response stays even after later failures of another kind, because
 * it explains a later refusal.
 */
export function changesAfterTransientFailure(
  record: GrantRecord,
  error: OAuthError,
  at: { readonly now: Date; readonly randomness: Randomness },
): GrantChanges {
  const failures = record.failures + 1;
  return {
    state: 'refresh_failing',
    ...(record.state === 'refresh_failing' ? {} : { stateSince: at.now }),
    lastError: {
      code: error.responseLost || wasResponseLost(record) ? RESPONSE_LOST : error.code,
      at: at.now,
    },
    failures,
    nextAttemptAt: new Date(
      at.now.getTime() + pauseMs(failures, error.retryAfterMs, at.randomness),
    ),
    refresh: undefined,
  };
}

/**
 * Returns the changes of a grant after the provider has refused an early refresh. Some providers
 * refuse a refresh token while its access token is valid, so the refusal does not mean that the
 * grant has ended. The refresh is tried once more when the token expires, up to a minute later
 * because of clock skew.
 */
export function changesAfterEarlyRejection(
  record: GrantRecord,
  error: OAuthError,
  at: { readonly now: Date; readonly randomness: Randomness },
): GrantChanges {
  return { ...changesAfterTransientFailure(record, error, at), nextAttemptAt: record.expiresAt };
}

/**
 * Returns the changes that store the new refresh token of a response which is unusable otherwise.
 * They remove the code of an earlier lost response, which concerned the old refresh token.
 * `undefined`: the response contains no new refresh token.
 */
export function changesAfterUnusableResponse(
  error: OAuthError,
  now: Date,
): GrantChanges | undefined {
  const refreshToken = error.rotatedRefreshToken();
  if (refreshToken === undefined) return undefined;
  return {
    refreshToken,
    refreshTokenExpiresAt: undefined,
    lastError: { code: error.code, at: now },
  };
}

/**
 * Returns the changes that tell the user of the grant why calls fail. The code of a lost response
 * stays, because it explains a later refusal.
 */
export function changesAfterProblem(
  record: GrantRecord,
  code: ConfigurationErrorCode,
  now: Date,
): Pick<GrantChanges, 'lastError'> {
  return wasResponseLost(record) ? {} : { lastError: { code, at: now } };
}

/**
 * Returns `true` if an earlier attempt may have spent this refresh token although its response was
 * not read, because the request timed out or its process crashed. A refusal then does not mean that
 * the user or the provider has withdrawn the grant.
 */
export function wasResponseLost(record: GrantRecord): boolean {
  return record.lastError?.code === RESPONSE_LOST;
}

/** Returns why the provider refused the refresh token, as far as it is known. */
export function reasonOfRejection(record: GrantRecord, nowMs: number): AuthorizationReason {
  const end = record.refreshTokenExpiresAt?.getTime();
  return end !== undefined && end <= nowMs ? 'refresh_token_expired' : 'token_revoked';
}

const UNAVAILABLE: Partial<Record<OAuthErrorCode, TokenUnavailableCode>> = {
  rate_limited: 'rate_limited',
};

/** Returns the code for callers while the provider has a temporary problem. */
export function unavailableCodeOf({ code }: OAuthError): TokenUnavailableCode {
  return UNAVAILABLE[code] ?? 'provider_unavailable';
}

const MISCONFIGURED: Partial<Record<OAuthErrorCode, ConfigurationErrorCode>> = {
  invalid_client: 'client_rejected',
  // No request was sent, because the allow-list of this server does not contain the host.
  endpoint_not_allowed: 'endpoint_not_allowed',
};

/** Returns the code for administrators when the provider refuses the client. */
export function configurationCodeOf({ code }: OAuthError): ConfigurationErrorCode {
  return MISCONFIGURED[code] ?? 'request_rejected';
}

/**
 * Returns the changes of a grant whose user must authorize again. A token that the API has rejected
 * is not served again.
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
 * Returns a backoff that doubles with each failure, with jitter in its upper half. It is never
 * shorter than the `Retry-After` of the provider (RFC 9110 §10.2.3), of which at most one hour
 * counts.
 */
function pauseMs(
  failures: number,
  retryAfterMs: number | undefined,
  randomness: Randomness,
): number {
  const ceilingMs = backoffMs(BACKOFF, failures);
  const ownPauseMs = ceilingMs / 2 + (ceilingMs / 2) * randomness.fraction();
  return Math.max(ownPauseMs, Math.min(retryAfterMs ?? 0, MAX_RETRY_AFTER_MS));
}

function addSeconds(from: Date, seconds: number | undefined): Date | undefined {
  return seconds === undefined ? undefined : new Date(from.getTime() + seconds * 1000);
}
