import type { Clock, Randomness } from '@latchkey/core/server';
import type { ProcessLivenessProbe } from '@latchkey/saved-objects/coordination';
import type { DecryptedConnector, ProviderClient, RejectionEvidence } from '../../../types.ts';
import type { GrantEvents } from '../grants/grant_events.ts';
import type { GrantKey } from '../grants/grant_key.ts';
import type { GrantRecord } from '../grants/grant_record.ts';
import type { GrantStore } from '../grants/grant_store.ts';
import type { ConnectorHealth } from './connector_problems.ts';
import type { LeaseMonitor } from './refresh_lease.ts';

/** Which grant to refresh, and why. */
export interface RefreshRequest {
  readonly key: GrantKey;
  readonly connector: DecryptedConnector;
  readonly client: ProviderClient;
  /** Fingerprint of the access token that the API refused; `undefined`: the token is near its end. */
  readonly rejected: string | undefined;
  /**
   * Proof that the API rejects the token everywhere; needed to end a grant without a refresh token.
   */
  readonly evidence?: RejectionEvidence | undefined;
  /** The API refused nothing: `rejected` is to be replaced before its time, and serves should that fail. */
  readonly isKeepAlive?: true;
}

/** Moments of a refresh that tests and the chaos harness can stop at, in order. */
export type RefreshPoint =
  | 'lease_taken'
  | 'before_call'
  | 'after_call'
  | 'before_write'
  | 'after_write';

/** What a refresh works with. */
export interface RefreshDeps {
  readonly store: GrantStore;
  readonly judge: LeaseMonitor;
  readonly problems: ConnectorHealth;
  readonly events: GrantEvents;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly instanceId: string;
  /** Marks our leases, so that others on this machine can tell whether we are gone or merely stopped. */
  readonly processes: ProcessLivenessProbe;
  readonly timings: RefreshTimings;
  /**
   * Revokes late tokens of an ended or replaced grant, now or together with the grant that replaced
   * it. Must not throw.
   */
  readonly revokeOrphanedTokens: (request: RefreshRequest, late: OrphanedTokens) => Promise<void>;
  /** Called at each {@link RefreshPoint}; absent in production. */
  readonly checkpoint?: ((point: RefreshPoint) => Promise<void>) | undefined;
}

/** Tokens that arrived after their grant had ended or been replaced. */
export interface OrphanedTokens {
  /** Of the grant they belonged to. */
  readonly generation: string;
  /** Account of the grant they belonged to; `undefined`: the provider named none. */
  readonly accountId: string | undefined;
  /** `<type> <token>`; `undefined`: none that could be used. */
  readonly accessToken: string | undefined;
  readonly refreshToken: string | undefined;
}

/** All in milliseconds. */
export interface RefreshTimings {
  /** Life of a lease without a heartbeat. */
  readonly leaseTtlMs: number;
  /** Deadline of one token call; the heartbeat keeps the lease alive meanwhile. */
  readonly callTimeoutMs: number;
  /** Longest wait of a caller for another process' refresh. */
  readonly waitMs: number;
  /** Mean pause between two looks at a lease held elsewhere. */
  readonly pollMs: number;
  /** How long the tokens of a successful refresh are offered to a store that refuses them. */
  readonly saveMs: number;
}

export const DEFAULT_REFRESH_TIMINGS: RefreshTimings = {
  leaseTtlMs: 10_000,
  callTimeoutMs: 30_000,
  waitMs: 45_000,
  pollMs: 60,
  saveMs: 10 * 60_000,
};

/** A record that surely has an access token to send. */
export type RecordWithToken = GrantRecord & { readonly accessToken: string };
