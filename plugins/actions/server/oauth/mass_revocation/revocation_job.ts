import type { Clock, Principal } from '@latchkey/core/server';
import type { RevocationJobAttributes } from './revocation_job_type.ts';

/**
 * Selects the grants that a job ends. All spaces, except `connector`: a connector is in one space.
 */
export type RevocationScope =
  | { readonly type: 'connector'; readonly connectorId: string }
  | { readonly type: 'user'; readonly profileUid: string }
  /** Every connector of one provider: an EARS provider, or the host of a token endpoint. */
  | { readonly type: 'provider'; readonly provider: string }
  | { readonly type: 'all' };

/**
 * A stored piece of work that ends many grants, in pages, and continues after a crash. States:
 * `prepared` (written before the edit or deletion it belongs to; no grant has ended yet) →
 * `running` → `completed` (every selected grant has ended here; revocations may still wait for
 * their providers) or `cancelled`. The job is settled when no revocation waits any more.
 */
export interface RevocationJob extends Omit<RevocationJobAttributes, 'client'> {
  readonly id: string;
  /** Saved-object version; every change is a compare-and-set on it. */
  readonly version: string;
}

/** Attributes of a new job that has found and ended no grant yet. */
export function createJob(
  clock: Pick<Clock, 'now'>,
  over: Pick<RevocationJobAttributes, 'scope' | 'reason' | 'state'> &
    Partial<RevocationJobAttributes>,
  actor: Principal | undefined,
): RevocationJobAttributes {
  const requestedBy = requesterOf(actor);
  const now = new Date(clock.now()).toISOString();
  return {
    isSettled: false,
    createdAt: now,
    ...(over.state === 'running' ? { startedAt: now } : {}),
    ...(requestedBy === undefined ? {} : { requestedBy }),
    total: 0,
    ended: 0,
    unrevocable: 0,
    failed: 0,
    results: { failed: 0, unsupported: 0, replaced: 0 },
    waiting: 0,
    ...over,
  };
}

/** Progress of a job. `ended` is the sum of the members of `revocation`. */
export interface RevocationJobCounts {
  /** Grants found so far. */
  readonly total: number;
  /** Grants that can no longer be used here. */
  readonly ended: number;
  /** Grants that could not be ended here in the last pass. */
  readonly failed: number;
  readonly revocation: {
    /** The provider confirmed the revocation. */
    readonly revoked: number;
    /** The tokens are in the outbox. */
    readonly waiting: number;
    /** The provider refused, or was unavailable for a week. */
    readonly failed: number;
    /** The provider has no revocation endpoint, or the client is unknown. */
    readonly unsupported: number;
    /**
     * The user authorized the same account again first. Revoking would have ended that grant too.
     */
    readonly replaced: number;
  };
}

/** Counts of a job. `waitingNow`: number of its grants whose tokens are in the outbox. */
export function countsOf(job: RevocationJob, waitingNow: number): RevocationJobCounts {
  const { ended, unrevocable, results } = job;
  const unsupported = Math.min(ended, unrevocable + results.unsupported);
  // After a crash a result may be counted twice. A grant must not count as revoked because of that.
  const failed = Math.min(ended - unsupported, results.failed);
  const replaced = Math.min(ended - unsupported - failed, results.replaced);
  const waiting = Math.min(ended - unsupported - failed - replaced, waitingNow);
  const revoked = ended - unsupported - failed - replaced - waiting;
  return {
    total: Math.max(job.total, ended + job.failed),
    ended,
    failed: job.failed,
    revocation: { revoked, waiting, failed, unsupported, replaced },
  };
}

/**
 * The user who requested the job, for audit events of its background work. `undefined`: the server
 * started the job.
 */
export function actorOf({
  requestedBy,
}: Pick<RevocationJob, 'requestedBy'>): Principal | undefined {
  if (requestedBy === undefined) return undefined;
  const { spaceId, requestId, ...user } = requestedBy;
  return { user, spaceId, ...(requestId === undefined ? {} : { requestId }) };
}

/** The stored part of a principal: user, space and request id. */
function requesterOf(principal: Principal | undefined): RevocationJob['requestedBy'] {
  if (principal?.user === undefined) return undefined;
  const { username, profileUid, roles, authenticationType } = principal.user;
  return {
    username,
    profileUid,
    roles: [...roles],
    authenticationType,
    spaceId: principal.spaceId,
    ...(principal.requestId === undefined ? {} : { requestId: principal.requestId }),
  };
}
