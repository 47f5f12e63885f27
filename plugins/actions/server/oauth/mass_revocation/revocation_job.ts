import type { Principal } from '@latchkey/core/server';
import type { RevocationJobAttributes } from './revocation_job_type.ts';

/** Whose grants of which connectors end; of all spaces, except for a connector, which lives in one. */
export type RevocationScope =
  | { readonly type: 'connector'; readonly connectorId: string }
  | { readonly type: 'user'; readonly profileUid: string }
  /** Every connector whose tokens come from there: an EARS provider, or the host of a token endpoint. */
  | { readonly type: 'provider'; readonly provider: string }
  | { readonly type: 'all' };

/**
 * One run, as stored. States: `prepared` (written before the edit or deletion it follows; nothing is ended yet) → `running` → `completed` (every
 * grant it found is over here; revocations may still wait for their providers) or `cancelled`. It is settled once nothing waits any more.
 */
export interface RevocationJob extends Omit<RevocationJobAttributes, 'client'> {
  readonly id: string;
  /** Saved-object version; every change is a compare-and-set on it. */
  readonly version: string;
}

/** How far a run is, in numbers that add up: `ended` is the sum of the members of `revocation`. */
export interface RevocationJobCounts {
  /** Known so far. */
  readonly total: number;
  /** Cannot be used here any more. */
  readonly ended: number;
  /** Could not be ended here, in the last pass over what is left. */
  readonly failed: number;
  readonly revocation: {
    /** The provider said so. */
    readonly revoked: number;
    /** In the outbox. */
    readonly waiting: number;
    /** The provider refused, or was away for a week. */
    readonly failed: number;
    /** The provider has no revocation, or nobody knows the client any more. */
    readonly unsupported: number;
    /** The person authorized the same account again first; revoking would have ended that grant. */
    readonly replaced: number;
  };
}

/** The numbers of a run, given how many of its grants wait in the outbox. */
export function countsOf(run: RevocationJob, waitingNow: number): RevocationJobCounts {
  const { ended, unrevocable, results } = run;
  const unsupported = Math.min(ended, unrevocable + results.unsupported);
  // After a crash a fate may have been counted twice; nothing may be taken for revoked because of it.
  const failed = Math.min(ended - unsupported, results.failed);
  const replaced = Math.min(ended - unsupported - failed, results.replaced);
  const waiting = Math.min(ended - unsupported - failed - replaced, waitingNow);
  const revoked = ended - unsupported - failed - replaced - waiting;
  return {
    total: Math.max(run.total, ended + run.failed),
    ended,
    failed: run.failed,
    revocation: { revoked, waiting, failed, unsupported, replaced },
  };
}

/** Who asked for the run, for audit events of its background work; `undefined`: the server itself. */
export function actorOf({
  requestedBy,
}: Pick<RevocationJob, 'requestedBy'>): Principal | undefined {
  if (requestedBy === undefined) return undefined;
  const { spaceId, requestId, ...user } = requestedBy;
  return { user, spaceId, ...(requestId === undefined ? {} : { requestId }) };
}

/** What is kept of a principal: who, where and by which request. */
export function requesterOf(principal: Principal | undefined): RevocationJob['requestedBy'] {
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
