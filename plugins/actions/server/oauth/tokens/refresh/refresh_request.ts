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
 * Proof that a service no longer accepts a token. A single 401 is not proof: the path may be closed
 * to this account.
 * - `rejected_invalid_token`: the service said `error="invalid_token"` (RFC 6750 section 3.1).
 * - `rejected_by_service`: the response body says so, in the way that the connector type knows.
 * - `rejected_on_several_paths`: several endpoints rejected the token, and none accepted it.
 */
export type RejectionEvidence =
  | 'rejected_invalid_token'
  | 'rejected_by_service'
  | 'rejected_on_several_paths';

/**
 * Why a token is replaced. Tokens are named by their fingerprints, so that a token which another
 * caller has replaced meanwhile is served as it is.
 * - `expires`: it expires soon, or there is none.
 * - `rejected`: the API rejected this token. `evidence` that every endpoint rejects it; without it,
 *   a grant that has no refresh token is not ended.
 * - `keep_alive`: this token is replaced early, so that the grant does not end at the idle limit of
 *   the provider. If the refresh fails, the token is still served.
 */
export type RefreshCause =
  | { readonly type: 'expires' }
  | {
      readonly type: 'rejected';
      readonly fingerprint: string;
      readonly evidence: RejectionEvidence | undefined;
    }
  | { readonly type: 'keep_alive'; readonly fingerprint: string };

/** The grant to refresh, and the reason. */
export interface RefreshRequest {
  readonly key: GrantKey;
  readonly connector: DecryptedConnector;
  readonly client: ProviderClient;
  readonly cause: RefreshCause;
}

/** Points of a refresh, in order, at which tests and the chaos harness can pause it. */
export type RefreshPoint =
  | 'lease_taken'
  | 'before_call'
  | 'after_call'
  | 'before_write'
  | 'after_write';

/** Collaborators of the refresher and its attempts. */
export interface RefreshDeps {
  readonly store: GrantStore;
  /** Reads the connector of a shared token again, before the token is requested. */
  readonly connectors: ConnectorReader;
  /** Watches the leases of other processes. A lease of this process counts as free. */
  readonly leaseMonitor: LeaseMonitor;
  readonly health: ConnectorHealth;
  readonly events: GrantEvents;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly timings: RefreshTimings;
  readonly orphanedTokens: Pick<OrphanedTokenRevoker, 'revoke'>;
  /** Called at each {@link RefreshPoint}. `undefined` in production. */
  readonly checkpoint?: ((point: RefreshPoint) => Promise<void>) | undefined;
}

/** Durations of a refresh, in milliseconds. */
export interface RefreshTimings {
  /** Lifetime of a lease without a heartbeat. */
  readonly leaseTtlMs: number;
  /** Deadline of one token request. The heartbeat keeps the lease alive during the request. */
  readonly callTimeoutMs: number;
  /** Maximum wait of a caller for the refresh of another process. */
  readonly waitMs: number;
  /** Mean pause between two reads of a grant whose lease another process holds. */
  readonly pollMs: number;
  /** Time for which a write of refreshed tokens is repeated when the store refuses it. */
  readonly saveMs: number;
}

/** Timings of the server. Tests use shorter ones. */
export const DEFAULT_REFRESH_TIMINGS: RefreshTimings = {
  leaseTtlMs: 10_000,
  callTimeoutMs: 30_000,
  waitMs: 45_000,
  pollMs: 60,
  saveMs: 10 * 60_000,
};

/** A record with an access token. */
export type RecordWithToken = GrantRecord & { readonly accessToken: string };
