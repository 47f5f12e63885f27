import type { Clock, Principal } from '@latchkey/core/server';
import type { RevocationJobAttributes } from './revocation_job_type.ts';

/** The set of grants that a job ends, in all spaces. A connector is in one space only. */
export type RevocationScope =
  | { readonly type: 'connector'; readonly connectorId: string }
  | { readonly type: 'user'; readonly profileUid: string }
  /**
   * Grants of all connectors of one provider: `provider` is an EARS provider or the host of a token
   * endpoint.
   */
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
  /** Version of the saved object. Every change is a compare-and-set with it. */
  readonly version: string;
}

/** Returns the attributes of a new job, which has not found or ended any grant yet. */
export function newJobAttributes(
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

/** Progress of a job, as numbers of grants. `ended` is the sum of the members of `revocation`. */
export interface RevocationJobCounts {
  /** Grants found so far. */
  readonly total: number;
  /** Grants that can no longer be used here. */
  readonly ended: number;
  /** Grants that could not be ended here in the last pass. */
  readonly failed: number;
  readonly revocation: {
    /** The provider has confirmed the revocation. */
    readonly revoked: number;
    /** The tokens are in the outbox, and the revocation is tried again. */
    readonly waiting: number;
    /** The provider refused the revocation, or was unavailable for a week. */
    readonly failed: number;
    /** The provider has no revocation endpoint, or the client of the grant is unknown. */
    readonly unsupported: number;
    /**
     * The user authorized the same account again before the revocation. Revoking would have ended
     * the new grant too.
     */
    readonly replaced: number;
  };
}

/**
 * Computes the counts of a job.
 * @param waitingNow number of its grants whose tokens are in the outbox
 */
export function countsOf(job: RevocationJob, waitingNow: number): RevocationJobCounts {
  const { ended, unrevocable, results } = job;
  const unsupported = Math.min(ended, unrevocable + results.unsupported);
  // A crash may cause a result to be counted twice. Without these limits, the sum of the results
  // could exceed `ended`.
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
 * Returns the user who requested the job, for audit events of its work in the background.
 * `undefined`: the server started the job.
 */
export function actorOf({
  requestedBy,
}: Pick<RevocationJob, 'requestedBy'>): Principal | undefined {
  if (requestedBy === undefined) return undefined;
  const { spaceId, requestId, ...user } = requestedBy;
  return { user, spaceId, ...(requestId === undefined ? {} : { requestId }) };
}

/** Returns the part of a principal that a job stores: user, space and request id. */
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
