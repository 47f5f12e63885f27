import type { StoredWorkflow } from '../../workflows/index.ts';
import type { RunAttributes } from './run_types.ts';

/** Prefix of owners that stand for all handlers of one author. */
const HANDLERS = 'handlers:';

/** The part of a run that decides whose limits it counts against. */
type Counted = Pick<RunAttributes, 'profileUid' | 'countedFor'>;

/**
 * Owner of the limits that a run counts against: a user, or the handlers of an author. Runs with
 * the same owner also share one place in the queues that serve owners in turn.
 */
export function quotaOwner({ profileUid, countedFor }: Counted): string {
  return countedFor ?? profileUid;
}

/** Returns `true` if the owner stands for the handlers of an author, `false` if it is a user. */
export function isOfHandlers(owner: string): boolean {
  return owner.startsWith(HANDLERS);
}

/**
 * Profile id of the author if the owner stands for that author's handlers. `undefined`: the owner
 * is a user.
 */
export function authorOfHandlers(owner: string): string | undefined {
  return isOfHandlers(owner) ? owner.slice(HANDLERS.length) : undefined;
}

/**
 * Owner of the limits that the run of a handler, and the runs that it starts, count against. A
 * handler of another user must not use up the limits of the user of the failed run, who did not ask
 * for it. It must not use up the limits of its author either, because other users decide how often
 * it starts. So each author has separate limits for handlers.
 * @returns `undefined`: the limits of the user of the run
 */
export function countedForOf(
  { runsAs }: Pick<StoredWorkflow, 'runsAs'>,
  failed: Counted,
): string | undefined {
  const isOwn = runsAs.profileUid === failed.profileUid;
  return isOwn ? failed.countedFor : `${HANDLERS}${runsAs.profileUid}`;
}
