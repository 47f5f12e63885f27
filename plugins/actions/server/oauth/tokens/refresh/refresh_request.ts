import type { Clock, Randomness } from '@latchkey/core/server';
import type { LeaseMonitor } from '@latchkey/saved-objects/coordination';
import type { ConnectorReader, DecryptedConnector } from '../../../connector_data/index.ts';
import type { ProviderClient } from '../../strategies/index.ts';
import type { GrantEvents } from '../grants/grant_events.ts';
import type { GrantKey } from '../grants/grant_key.ts';
import type { GrantRecord } from '../grants/grant_record.ts';
import type { GrantStore } from '../grants/grant_store.ts';
import type { OrphanedTokenRevoker } from '../revocation/orphaned_tokens.ts';
import type { ConnectorHealth } from './connector_health.ts';

/**
 * Proof that a service no longer accepts a token. A single 401 is not proof, because the account
 * may lack access to that path only.
 * - `rejected_invalid_token`: the response contains `error="invalid_token"` (RFC 6750 §3.1).
 * - `rejected_by_service`: the body of the response says so, as the provider definition describes.
 * - `rejected_on_several_paths`: several endpoints rejected the token, and none accepted it.
 */
export type RejectionEvidence =
  | 'rejected_invalid_token'
  | 'rejected_by_service'
  | 'rejected_on_several_paths';

/**
 * Why a token is replaced. The token is identified by its fingerprint; if another caller has
 * replaced it meanwhile, the new token is served without another refresh.
 * - `expires`: the token expires soon, or there is no token.
 * - `rejected`: the API rejected this token. `evidence`: proof that every path rejects it. Without
 *   it, a grant that has no refresh token is not ended.
 * - `keep_alive`: this token is replaced early, so that the grant does not end at the idle limit of
 *   the provider. If the refresh fails, the token is served.
 */
export type RefreshCause =
  | { readonly type: 'expires' }
  | {
      readonly type: 'rejected';
      readonly fingerprint: string;
      readonly evidence: RejectionEvidence | undefined;
    }
  | { readonly type: 'keep_alive'; readonly fingerprint: string };

/** The grant to refresh, and the cause. */
export interface RefreshRequest {
  readonly key: GrantKey;
  readonly connector: DecryptedConnector;
  readonly client: ProviderClient;
  readonly cause: RefreshCause;
}

/** Points of a refresh at which tests and chaos runs can pause it, in order. */
export type RefreshPoint =
  | 'lease_taken'
  | 'before_call'
  | 'after_call'
  | 'before_write'
  | 'after_write';

/** Services of the refresher and its attempts. */
export interface RefreshDeps {
  readonly store: GrantStore;
  /** Reads the connector of a shared token again before the token is requested. */
  readonly connectors: ConnectorReader;
  /** Observes the leases of other processes. A lease of this process counts as free. */
  readonly leaseMonitor: LeaseMonitor;
  readonly health: ConnectorHealth;
  readonly events: GrantEvents;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly timings: RefreshTimings;
  readonly orphanedTokens: Pick<OrphanedTokenRevoker, 'revoke'>;
  /** Called at each {@link RefreshPoint}. `undefined` in the product. */
  readonly checkpoint?: ((point: RefreshPoint) => Promise<void>) | undefined;
}

/** Durations of a refresh, in milliseconds. */
export interface RefreshTimings {
  /** Time after which a lease expires if its heartbeat does not change. */
  readonly leaseTtlMs: number;
  /** Deadline of one token request. The heartbeat keeps the lease during the request. */
  readonly callTimeoutMs: number;
  /** Maximum time for which a caller waits for the refresh of another process. */
  readonly waitMs: number;
  /** Mean time between two reads of a grant whose lease another process holds. */
  readonly pollMs: number;
  /** Time for which the write of refreshed tokens is tried again while the store refuses it. */
  readonly saveMs: number;
}

/** Timings of the product. Tests use shorter ones. */
export const DEFAULT_REFRESH_TIMINGS: RefreshTimings = {
  leaseTtlMs: 10_000,
  callTimeoutMs: 30_000,
  waitMs: 45_000,
  pollMs: 60,
  saveMs: 10 * 60_000,
};

/** A grant that has an access token. */
export type RecordWithToken = GrantRecord & { readonly accessToken: string };
