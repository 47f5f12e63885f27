import { hash } from 'node:crypto';
import type { AccountOrigin } from '@latchkey/oauth-client';
import type { GrantKey } from './grant_key.ts';
import type { HeldGrant } from './held_grant.ts';
import type { StoredFacts } from './stored_facts.ts';
import { type SupersededGrant, UNREVOKED_KEPT_MS } from './token_types.ts';
import type { UncheckedMark } from './unchecked_mark.ts';

/**
 * Stored state of a grant. The status that users see also depends on the time; see
 * `connection_status.ts`.
 *
 * - `pending`: there are no tokens yet; the user may finish the authorization until `pendingUntil`.
 * - `connected`: there are tokens. Only a new grant and a successful refresh set this state.
 * - `refresh_failing`: the last refresh failed for a temporary reason.
 * - `needs_reauth`: the provider rejected the refresh token, or there is no refresh token.
 * - `revocation_pending`: the grant has ended here, and its tokens are in the outbox. The document
 *   contains no usable tokens.
 * - `ended`: the grant has ended, and either it was not revoked at the provider or an edit of the
 *   connector ended it. The document is kept only to report this.
 */
export type GrantState =
  | 'pending'
  | 'connected'
  | 'refresh_failing'
  | 'needs_reauth'
  | 'revocation_pending'
  | 'ended';

/** Lease of a running refresh. Stored before the provider is called. */
interface RefreshIntent {
  /**
   * Random value of the attempt, prefixed by the id of the process. Only this owner may release the
   * lease.
   */
  readonly owner: string;
  /**
   * Expected end of the lease, for operators who read the document. The server does not use it:
   * only the heartbeat decides whether a lease has expired.
   */
  readonly until: Date;
  /**
   * Number of heartbeats since the lease was taken, stored as `beat`. A lease expires when this
   * number does not change for the lifetime of a lease.
   */
  readonly renewals: number;
  /**
   * Hash of the refresh token that is about to be sent. `undefined`: no refresh token is sent
   * (client credentials).
   */
  readonly spent: string | undefined;
}

/** Last failure of a grant. Contains a code, never text of the provider. */
export interface GrantFailure {
  readonly code: string;
  readonly at: Date;
}

/** A stored grant, decrypted. Must not be used outside `oauth/tokens`. */
export interface GrantRecord {
  readonly key: GrantKey;
  /** Version of the saved object. Every change is a compare-and-set with it. */
  readonly version: string;
  /**
   * Random value of the authorization. Results that arrive for an older generation are discarded.
   */
  readonly generation: string;
  /** Space of the connector, which tasks need to read the connector. */
  readonly spaceId: string;
  /**
   * Fingerprint of the client and of the hosts to which the tokens may be sent; see
   * `ProviderClient.fingerprint`.
   */
  readonly clientFingerprint: string;
  /**
   * Value that binds a shared token to the connector for which it was requested; see `issuedForOf`.
   * `undefined`: the token belongs to a user, does not exist yet, or was stored by an older
   * version.
   */
  readonly issuedFor: string | undefined;
  /**
   * Instant at which the user authorized. A refresh does not change it. `undefined`: an older
   * version stored the grant; the user authorized at `createdAt` or later.
   */
  readonly authorizedAt: Date | undefined;
  readonly state: GrantState;
  readonly stateSince: Date;
  /**
   * Access token with its type, as in the `Authorization` header: `<type> <token>`. `undefined`:
   * there is no token, or tokens are not decrypted.
   */
  readonly accessToken: string | undefined;
  /**
   * `undefined`: the provider issued no refresh token, there are no tokens, or tokens are not
   * decrypted.
   */
  readonly refreshToken: string | undefined;
  /**
   * Grant facts. `undefined`: the provider has none, it had none when the grant was stored, or
   * tokens are not decrypted.
   */
  readonly facts: StoredFacts | undefined;
  /**
   * Tokens of earlier authorizations that this grant replaced, the newest first. They are revoked
   * when this grant ends, and never sent to an API.
   */
  readonly supersededGrants: readonly SupersededGrant[];
  /**
   * Instant at which the access token was issued, to compute its lifetime. `undefined`: unknown, or
   * there is no token.
   */
  readonly issuedAt: Date | undefined;
  /**
   * Expiry of the access token. `undefined`: the provider stated no lifetime and there is no
   * refresh token; the token is used until a 401.
   */
  readonly expiresAt: Date | undefined;
  /** Expiry of the refresh token. `undefined`: the provider did not state it. */
  readonly refreshTokenExpiresAt: Date | undefined;
  /**
   * Start of the lifetime that ends at `refreshTokenExpiresAt`: the authorization, or the last
   * refresh that extended the lifetime. `undefined`: an older version stored the grant; the
   * lifetime starts with the authorization.
   */
  readonly lifetimeStartedAt: Date | undefined;
  /** Granted scopes. `undefined`: the provider did not name them. */
  readonly scopes: readonly string[] | undefined;
  /**
   * Scopes that the connector requested when the user authorized. `undefined`: an older version
   * stored the grant.
   */
  readonly requestedScopes: readonly string[] | undefined;
  /** Account at the provider. `undefined`: the provider did not name it. */
  readonly account: { readonly id: string; readonly label: string } | undefined;
  /** Where the account was found. `undefined`: unknown, for example stored by an older version. */
  readonly accountSource: AccountOrigin | undefined;
  /**
   * Number of earlier grants of this user and connector that ended here and could not be revoked,
   * and the instant of the last one. They may still work at the provider. A new authorization does
   * not remove this member. `undefined`: there are none.
   */
  readonly unrevoked: { readonly count: number; readonly at: Date } | undefined;
  /** Last failure. `undefined`: none since the last success. */
  readonly lastError: GrantFailure | undefined;
  /** Number of consecutive failed refreshes, which determines the backoff. */
  readonly failures: number;
  /**
   * Instant before which no refresh is attempted. `undefined`: a refresh may be attempted at any
   * time.
   */
  readonly nextAttemptAt: Date | undefined;
  /** Instant of the last use, written at most every 10 minutes. `undefined`: not used yet. */
  readonly lastUsedAt: Date | undefined;
  /**
   * Instant until which the user may finish an authorization. `undefined`: no authorization was
   * started.
   */
  readonly pendingUntil: Date | undefined;
  /**
   * Instant at which keep-alive checks this grant, unless it is refreshed before. Always set while
   * there are tokens.
   */
  readonly keepAliveAt: Date | undefined;
  /** Lease of the running refresh. `undefined`: no refresh is running. */
  readonly refresh: RefreshIntent | undefined;
  /**
   * Grant of another account that waits for the user's decision. `undefined`: there is none, or
   * tokens are not decrypted.
   */
  readonly held: HeldGrant | undefined;
  /**
   * Mark of a grant whose connector and user must still be checked. Only a passed check, the end of
   * the grant or a new authorization changes it. `undefined`: the grant was checked, or an older
   * version stored it.
   */
  readonly unchecked: UncheckedMark | undefined;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/**
 * Code in `lastError` of a grant that ended because of an edit of its connector. The user must
 * authorize again.
 */
export const CONNECTOR_CHANGED = 'connector_changed';

/**
 * Returns `true` if an edit of the connector ended this grant and the user has not authorized
 * since. A new attempt, which may be in progress or abandoned, does not change this.
 */
export function isRevokedByEdit({ state, lastError }: GrantRecord): boolean {
  const isEnded = state === 'revocation_pending' || state === 'ended' || state === 'pending';
  return isEnded && lastError?.code === CONNECTOR_CHANGED;
}

/** Code in `lastError` of an ended grant whose tokens could not be revoked at the provider. */
export const REVOCATION_UNSUPPORTED = 'revocation_unsupported';

/** Changes of one write. An absent member leaves the value unchanged; `undefined` removes it. */
export type GrantChanges = {
  readonly [K in Exclude<
    keyof GrantRecord,
    'key' | 'version' | 'createdAt' | 'updatedAt'
  >]?: GrantRecord[K];
};

const MAX_SKEW_MS = 60_000;
/** Minimum remaining lifetime of a token that is served while it is refreshed, in milliseconds. */
export const MIN_REMAINING_MS = 10_000;

/** Returns a hash that identifies a token and does not reveal it. */
export function tokenFingerprint(token: string): string {
  return hash('sha256', token, 'base64url');
}

/**
 * Returns the start of the margin before the expiry of the access token, in milliseconds;
 * `undefined` for a token without expiry. The margin is a quarter of the lifetime, at most a
 * minute, so that a short-lived token is not refreshed at every call.
 * @param marginMs margin of a provider that refuses earlier refreshes, in milliseconds
 */
export function freshUntilMs(
  { expiresAt, issuedAt }: Pick<GrantRecord, 'expiresAt' | 'issuedAt'>,
  marginMs = MAX_SKEW_MS,
): number | undefined {
  if (expiresAt === undefined) return undefined;
  const end = expiresAt.getTime();
  const lifetimeMs = issuedAt === undefined ? MAX_SKEW_MS : end - issuedAt.getTime();
  return end - Math.min(MAX_SKEW_MS, marginMs, Math.max(0, lifetimeMs) / 4);
}

/**
 * Returns `true` if the access token may be sent without a refresh: it exists, and the margin
 * before its expiry has not begun. See {@link freshUntilMs}.
 */
export function isFresh(record: GrantRecord, nowMs: number, marginMs?: number): boolean {
  if (record.accessToken === undefined) return false;
  const end = freshUntilMs(record, marginMs);
  return end === undefined || nowMs < end;
}

/** Returns `true` if the stated lifetime of the access token has not ended. Applies no margin. */
export function isStillValid(record: GrantRecord, nowMs: number): boolean {
  return (
    record.accessToken !== undefined &&
    (record.expiresAt === undefined || nowMs < record.expiresAt.getTime())
  );
}

/**
 * Returns the start of the lifetime; see `lifetimeStartedAt`. Ignores a value before the
 * authorization: an older version that stores a new authorization leaves the value of the previous
 * one.
 */
export function lifetimeStart(record: GrantRecord): Date {
  const { lifetimeStartedAt, authorizedAt, issuedAt, createdAt } = record;
  const authorized = authorizedAt ?? issuedAt ?? createdAt;
  return lifetimeStartedAt !== undefined && lifetimeStartedAt > authorized
    ? lifetimeStartedAt
    : authorized;
}

/** Returns `true` if grants that could not be revoked must still be reported. */
export function reportsUnrevoked(
  { unrevoked }: Pick<GrantRecord, 'unrevoked'>,
  nowMs: number,
): boolean {
  return unrevoked !== undefined && nowMs - unrevoked.at.getTime() < UNREVOKED_KEPT_MS;
}

/**
 * Returns the error of an ended grant that reports grants which could not be revoked. `undefined`:
 * there is nothing to report.
 */
export function unrevokedError(
  record: Pick<GrantRecord, 'unrevoked'>,
  nowMs: number,
): GrantFailure | undefined {
  return record.unrevoked !== undefined && reportsUnrevoked(record, nowMs)
    ? { code: REVOCATION_UNSUPPORTED, at: record.unrevoked.at }
    : undefined;
}

/** Returns the changes of a grant when `added` further grants could not be revoked. */
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

/**
 * Returns `true` if the grant has tokens that calls may use. Ended and unfinished grants have none.
 */
export function isUsable(record: GrantRecord): boolean {
  return USABLE_STATES.some((state) => state === record.state);
}

/** The states of grants for which {@link isUsable} returns `true`, for searches. */
export const USABLE_STATES = [
  'connected',
  'refresh_failing',
  'needs_reauth',
] as const satisfies readonly GrantState[];

/** Returns the instant of the last use, or of the authorization if that is later. */
export function lastUseOrAuthorization({ lastUsedAt, authorizedAt, createdAt }: GrantRecord): Date {
  const known = [lastUsedAt, authorizedAt, createdAt].map((date) => date?.getTime() ?? 0);
  return new Date(Math.max(...known));
}
