import type { Clock, Principal } from '@latchkey/core/server';
import { requesterOf } from './ending_run.ts';
import type { EndingAttributes } from './ending_type.ts';

/** What a run begins with: nothing found, nothing done. */
export function newRun(
  clock: Pick<Clock, 'now'>,
  over: Pick<EndingAttributes, 'scope' | 'reason' | 'state'> & Partial<EndingAttributes>,
  actor: Principal | undefined,
): EndingAttributes {
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
    fates: { failed: 0, unsupported: 0, replaced: 0 },
    waiting: 0,
    ...over,
  };
}
