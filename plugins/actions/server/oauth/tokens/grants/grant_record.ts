import { hash } from 'node:crypto';
import type { AccountOrigin } from '@latchkey/oauth-client';
import type { GrantKey } from './grant_key.ts';
import type { HeldGrant } from './held_grant.ts';
import type { StoredFacts } from './stored_facts.ts';
import { type SupersededGrant, UNREVOKED_KEPT_MS } from './token_types.ts';

/**
 * Stored state of a grant. The status that users see also depends on the time and is derived in
 * `connection_status.ts`.
 *
 * - `pending`: there are no tokens yet; an authorization is open until `pendingUntil`.
 * - `connected`: there are tokens. Set only by a new grant or a successful refresh.
 * - `refresh_failing`: the last refresh failed for a temporary reason.
 * - `needs_reauth`: the provider rejected the refresh token, or there is none to refresh with.
 * - `revocation_pending`: ended here. The tokens moved to the outbox; the document has no usable
 *   tokens.
 * - `ended`: ended, and not revoked at the provider or ended by an edit of the connector. Kept only
 *   to report that.
 */
export type GrantState =
  | 'pending'
  | 'connected'
  | 'refresh_failing'
  | 'needs_reauth'
  | 'revocation_pending'
  | 'ended';

/** A running refresh, stored before the provider is called. */
interface RefreshIntent {
  /** Random per attempt, prefixed by the instance id. Only this owner may release the lease. */
  readonly owner: string;
  /**
   * Wall-clock time, only for operators who read the document. Leases are decided by the heartbeat
   * alone.
   */
  readonly until: Date;
  /**
   * Number of heartbeats since the lease was taken, stored as `beat`. A lease expires when it does
   * not change for a whole lifetime.
   */
  readonly renewals: number;
  /**
   * Hash of the refresh token about to be spent. `undefined`: no single-use token is spent (client
   * credentials).
   */
  readonly spent: string | undefined;
}

/** Reason of the last failure. Contains codes only, never a text of the provider. */
export interface GrantFailure {
  readonly code: string;
  readonly at: Date;
}

/** One stored grant, decrypted. Used only inside this folder. */
export interface GrantRecord {
  readonly key: GrantKey;
  /** Saved-object version; every change is a compare-and-set on it. */
  readonly version: string;
  /** Random per authorization. Results of an older generation are discarded. */
  readonly generation: string;
  /** Space of the connector; needed to read the connector in the background. */
  readonly spaceId: string;
  /**
   * Identifies the client and the hosts that the tokens may be sent to; see
   * `ProviderClient.fingerprint`.
   */
  readonly clientFingerprint: string;
  /**
   * Binds a shared token to the connector that it was requested for; see `issuedForOf`.
   * `undefined`: a token of a user, no token yet, or stored by an older build.
   */
  readonly issuedFor: string | undefined;
  /**
   * Instant of the authorization by the user. A refresh does not change it. `undefined`: stored by
   * an older build; the authorization was at `createdAt` or later.
   */
  readonly authorizedAt: Date | undefined;
  readonly state: GrantState;
  readonly stateSince: Date;
  /** `<type> <token>`, ready for the Authorization header. `undefined` while there is none. */
  readonly accessToken: string | undefined;
  /** `undefined`: the provider issued none, or there are no tokens. */
  readonly refreshToken: string | undefined;
  /**
   * Grant facts. `undefined`: the provider has none, the grant was stored before it had, or tokens
   * are not decrypted.
   */
  readonly facts: StoredFacts | undefined;
  /**
   * Tokens that a new authorization replaced, newest first. Revoked when this grant ends. Never
   * sent to an API.
   */
  readonly supersededGrants: readonly SupersededGrant[];
  /**
   * Instant at which the access token was issued; with `expiresAt` it gives the lifetime.
   * `undefined`: unknown, or there is no token.
   */
  readonly issuedAt: Date | undefined;
  /**
   * Expiry of the access token. `undefined`: the provider named no lifetime and the token cannot be
   * refreshed. It is used until a 401.
   */
  readonly expiresAt: Date | undefined;
  /** Expiry of the refresh token. `undefined`: the provider named none. */
  readonly refreshTokenExpiresAt: Date | undefined;
  /**
   * Start of the period that `refreshTokenExpiresAt` ends: the authorization, or the last refresh
   * that extended it. `undefined`: written by an older build; then the authorization.
   */
  readonly lifetimeStartedAt: Date | undefined;
  /** Granted scopes. `undefined`: the provider did not name them. */
  readonly scopes: readonly string[] | undefined;
  /**
   * Scopes that the connector asked for when the user authorized. `undefined`: stored by an older
   * build.
   */
  readonly requestedScopes: readonly string[] | undefined;
  /** Account at the provider. `undefined`: the provider did not name it. */
  readonly account: { readonly id: string; readonly label: string } | undefined;
  /** Source of the account. `undefined`: unknown, for example stored by an older build. */
  readonly accountSource: AccountOrigin | undefined;
  /**
   * Earlier grants of this user and connector that ended here and could not be revoked. They may
   * still work at the provider. Survives new authorizations. `undefined`: none.
   */
  readonly unrevoked: { readonly count: number; readonly at: Date } | undefined;
  /** `undefined`: none since the last success. */
  readonly lastError: GrantFailure | undefined;
  /** Number of failed refreshes in a row. Determines the backoff. */
  readonly failures: number;
  /** Earliest instant of the next refresh. `undefined`: at any time. */
  readonly nextAttemptAt: Date | undefined;
  /** Written at most every 10 minutes. `undefined`: not used yet. */
  readonly lastUsedAt: Date | undefined;
  /** End of the open authorization. `undefined`: none is open. */
  readonly pendingUntil: Date | undefined;
  /**
   * Instant at which keep-alive must check this grant, unless it is refreshed earlier. Always set
   * while there are tokens.
   */
  readonly keepAliveAt: Date | undefined;
  /** Lease of the running refresh. `undefined`: none runs. */
  readonly refresh: RefreshIntent | undefined;
  /**
   * A grant of another account that waits for the user's decision. Also `undefined` when tokens are
   * not decrypted.
   */
  readonly held: HeldGrant | undefined;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/**
 * Code in `lastError` of a grant that an edit of its connector ended. The user must authorize the
 * new configuration.
 */
export const CONNECTOR_CHANGED = 'connector_changed';

/** Tells if an edit of its connector ended this grant and the user has not authorized since. */
export function isRevokedByEdit({ state, lastError }: GrantRecord): boolean {
  const isFinished = state === 'revocation_pending' || state === 'ended';
  return isFinished && lastError?.code === CONNECTOR_CHANGED;
}

/** Code in `lastError` of an ended grant whose tokens cannot be revoked at the provider. */
export const REVOCATION_UNSUPPORTED = 'revocation_unsupported';

/** Changes of one write. Absent members stay; `undefined` members are removed. */
export type GrantChanges = {
  readonly [K in Exclude<
    keyof GrantRecord,
    'key' | 'version' | 'createdAt' | 'updatedAt'
  >]?: GrantRecord[K];
};

const MAX_SKEW_MS = 60_000;
/** A token with more than this time left is served while it is refreshed. */
export const MIN_REMAINING_MS = 10_000;

/** Returns a hash that identifies a token without containing it. */
export function tokenFingerprint(token: string): string {
  return hash('sha256', token, 'base64url');
}

/**
 * Tells if the access token may be sent without a refresh: it is known and not within the margin
 * before its expiry. The margin is a quarter of the lifetime, at most a minute, so that a
 * short-lived token is not refreshed on every call.
 * @param marginMs margin of a provider that refuses earlier refreshes
 */
export function isFresh(record: GrantRecord, nowMs: number, marginMs = MAX_SKEW_MS): boolean {
  if (record.accessToken === undefined) return false;
  if (record.expiresAt === undefined) return true;
  const end = record.expiresAt.getTime();
  const lifetimeMs = record.issuedAt === undefined ? MAX_SKEW_MS : end - record.issuedAt.getTime();
  return nowMs < end - Math.min(MAX_SKEW_MS, marginMs, Math.max(0, lifetimeMs) / 4);
}

/** Tells if the access token has not expired by its stated lifetime. No margin is applied. */
export function isStillValid(record: GrantRecord, nowMs: number): boolean {
  return (
    record.accessToken !== undefined &&
    (record.expiresAt === undefined || nowMs < record.expiresAt.getTime())
  );
}

/**
 * Start of the lifetime; see `lifetimeStartedAt`. An older build that stores a new authorization
 * leaves the value of the previous one, so a value before the authorization is ignored.
 */
export function lifetimeStart(record: GrantRecord): Date {
  const { lifetimeStartedAt, authorizedAt, issuedAt, createdAt } = record;
  const authorized = authorizedAt ?? issuedAt ?? createdAt;
  return lifetimeStartedAt !== undefined && lifetimeStartedAt > authorized
    ? lifetimeStartedAt
    : authorized;
}

/** Tells if grants that could not be revoked are still reported. */
export function reportsUnrevoked(
  { unrevoked }: Pick<GrantRecord, 'unrevoked'>,
  nowMs: number,
): boolean {
  return unrevoked !== undefined && nowMs - unrevoked.at.getTime() < UNREVOKED_KEPT_MS;
}

/**
 * Error of an ended grant that reports grants which could not be revoked. `undefined`: it reports
 * none.
 */
export function unrevokedError(
  record: Pick<GrantRecord, 'unrevoked'>,
  nowMs: number,
): GrantFailure | undefined {
  return record.unrevoked !== undefined && reportsUnrevoked(record, nowMs)
    ? { code: REVOCATION_UNSUPPORTED, at: record.unrevoked.at }
    : undefined;
}

/** Returns the change of a grant when `added` more grants could not be revoked. */
export function withUnrevoked(
  record: Pick<GrantRecord, 'unrevoked'> | undefined,
  added: number,
  at: Date,
): Pick<GrantChanges, 'unrevoked'> {
  if (added === 0) return {};
  const before =
    record !== undefined && reportsUnrevoked(record, at.getTime()) ? record.unrevoked?.count : 0;
  return { unrevoked: { count: (before ?? 0) + added, at } };
}

/** Tells if calls may use this grant. Ended and never completed grants have nothing to send. */
export function isUsable(record: GrantRecord): boolean {
  return USABLE_STATES.some((state) => state === record.state);
}

/** The states of {@link isUsable}, for searches. */
export const USABLE_STATES = [
  'connected',
  'refresh_failing',
  'needs_reauth',
] as const satisfies readonly GrantState[];
