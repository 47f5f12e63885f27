import { hash } from 'node:crypto';
import type { GrantKey } from './grant_key.ts';
import type { HeldGrant } from './held_grant.ts';
import type { SupersededGrant } from './token_types.ts';

/**
 * What the store remembers of a grant's state. The status people see also depends on time and is derived in
 * `connection_status.ts`.
 *
 * - `pending`: no tokens yet, an authorization flow is open until `pendingUntil`.
 * - `connected`: tokens are there; set only by a new grant or a successful refresh.
 * - `refresh_failing`: the last refresh failed for a reason that will pass.
 * - `needs_reauth`: the provider said that the refresh token is dead, or nothing is left to refresh with.
 * - `revocation_pending`: ended by us; the tokens moved to the outbox, nothing here is usable any more.
 * - `ended`: ended, and the provider refused to revoke; kept only to say so.
 */
export type GrantState =
  | 'pending'
  | 'connected'
  | 'refresh_failing'
  | 'needs_reauth'
  | 'revocation_pending'
  | 'ended';

/** A refresh in progress, written before the provider is asked. */
export interface RefreshIntent {
  /** Random per attempt, prefixed by the instance; only this owner may release. */
  readonly owner: string;
  /** Wall-clock time for people who read the document. Only the heartbeat decides about leases. */
  readonly until: Date;
  /** Grows with every heartbeat. A lease whose beat stands still for its whole time-to-live has lapsed. */
  readonly beat: number;
  /** Hash of the refresh token about to be spent. `undefined`: nothing single-use is spent (client credentials). */
  readonly spent: string | undefined;
}

/** Why the last attempt failed. Codes only: never a provider's text. */
export interface GrantFailure {
  readonly code: string;
  readonly at: Date;
}

/** One grant as the store holds it, decrypted. Only this folder sees it. */
export interface GrantRecord {
  readonly key: GrantKey;
  /** Saved-object version; every change is a compare-and-set on it. */
  readonly version: string;
  /** Random per authorization. A result of an older generation is discarded. */
  readonly generation: string;
  /** Space of the connector, to read it again in the background. */
  readonly spaceId: string;
  /** Where the tokens may go and who asked for them; see `ProviderClient.fingerprint`. */
  readonly clientFingerprint: string;
  /** When the person authorized; a refresh does not change it. `undefined`: by a build of before, at `createdAt` or later. */
  readonly authorizedAt: Date | undefined;
  readonly state: GrantState;
  readonly stateSince: Date;
  /** `<type> <token>`, ready for the Authorization header. `undefined` while there is none. */
  readonly accessToken: string | undefined;
  readonly refreshToken: string | undefined;
  /**
   * Tokens that a new authorization replaced, newest first. Revoked when this grant ends. Never
   * sent to an API.
   */
  readonly supersededGrants: readonly SupersededGrant[];
  /** When the access token was issued; with `expiresAt` it gives the lifetime. */
  readonly issuedAt: Date | undefined;
  /** `undefined`: the provider named no lifetime and nothing could refresh the token; it is used until a 401. */
  readonly expiresAt: Date | undefined;
  readonly refreshTokenExpiresAt: Date | undefined;
  /**
   * Start of the period that `refreshTokenExpiresAt` ends: the authorization, or the last refresh
   * that prolonged it. `undefined`: written by an older build; then the authorization.
   */
  readonly lifetimeStartedAt: Date | undefined;
  readonly scopes: readonly string[] | undefined;
  /**
   * Scopes that the connector asked for when the user authorized. `undefined`: stored by an older
   * build.
   */
  readonly requestedScopes: readonly string[] | undefined;
  readonly account: { readonly id: string; readonly label: string } | undefined;
  readonly lastError: GrantFailure | undefined;
  /** Failed refreshes in a row; drives the backoff. */
  readonly failures: number;
  /** No refresh before this instant. */
  readonly nextAttemptAt: Date | undefined;
  /** Written at most every 10 minutes. */
  readonly lastUsedAt: Date | undefined;
  readonly pendingUntil: Date | undefined;
  /** When keep-alive has to look at this grant, unless it is refreshed before. Always there while there are tokens. */
  readonly keepAliveAt: Date | undefined;
  readonly refresh: RefreshIntent | undefined;
  /**
   * A grant of another account that waits for its owner's decision. Also `undefined` when tokens
   * are not decrypted.
   */
  readonly held: HeldGrant | undefined;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/**
 * Code in `lastError` of a grant that an edit of its connector ended. Its owner has to authorize
 * the new configuration.
 */
export const CONNECTOR_CHANGED = 'connector_changed';

/** Tells if an edit of its connector ended this grant and the user has not authorized since. */
export function isRevokedByEdit({ state, lastError }: GrantRecord): boolean {
  const isFinished = state === 'revocation_pending' || state === 'ended';
  return isFinished && lastError?.code === CONNECTOR_CHANGED;
}

/** What one write changes; absent members stay, `undefined` ones are removed. */
export type GrantChanges = {
  readonly [K in Exclude<
    keyof GrantRecord,
    'key' | 'version' | 'createdAt' | 'updatedAt'
  >]?: GrantRecord[K];
};

const MAX_SKEW_MS = 60_000;
/** With this much life left, a token is handed out while it is being refreshed. */
export const NO_NEED_TO_WAIT_MS = 10_000;

/** A short hash that names a token without carrying it. */
export function tokenFingerprint(token: string): string {
  return hash('sha256', token, 'base64url');
}

/**
 * Whether the access token may be sent without asking anybody: known, and not within the skew of its end. The skew is a quarter of
 * the lifetime, at most a minute, so that a short-lived token is not refreshed on every call.
 * @param marginMs of a provider that refuses to refresh earlier
 */
export function isFresh(record: GrantRecord, nowMs: number, marginMs = MAX_SKEW_MS): boolean {
  if (record.accessToken === undefined) return false;
  if (record.expiresAt === undefined) return true;
  const end = record.expiresAt.getTime();
  const lifetimeMs = record.issuedAt === undefined ? MAX_SKEW_MS : end - record.issuedAt.getTime();
  return nowMs < end - Math.min(MAX_SKEW_MS, marginMs, Math.max(0, lifetimeMs) / 4);
}

/** Whether the provider still honours the access token by its own word: the skew is not applied. */
export function isStillValid(record: GrantRecord, nowMs: number): boolean {
  return (
    record.accessToken !== undefined &&
    (record.expiresAt === undefined || nowMs < record.expiresAt.getTime())
  );
}

/**
 * See `lifetimeStartedAt`. An older build that stores a new authorization leaves the value of the
 * previous one.
 */
export function lifetimeStart(record: GrantRecord): Date {
  const { lifetimeStartedAt, authorizedAt, issuedAt, createdAt } = record;
  const authorized = authorizedAt ?? issuedAt ?? createdAt;
  return lifetimeStartedAt !== undefined && lifetimeStartedAt > authorized
    ? lifetimeStartedAt
    : authorized;
}

/** Whether calls may use this grant at all; ended and never-completed grants hold nothing to send. */
export function isUsable(record: GrantRecord): boolean {
  return USABLE_STATES.some((state) => state === record.state);
}

/** The states of {@link isUsable}, to search by. */
export const USABLE_STATES = [
  'connected',
  'refresh_failing',
  'needs_reauth',
] as const satisfies readonly GrantState[];
