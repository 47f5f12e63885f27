import type { Clock, Principal } from '@latchkey/core/server';
import { requesterOf } from './revocation_job.ts';
import type { RevocationJobAttributes } from './revocation_job_type.ts';

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
