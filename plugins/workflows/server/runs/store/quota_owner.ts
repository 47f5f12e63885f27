import type { StoredWorkflow } from '../../workflows/index.ts';
import type { RunAttributes } from './run_types.ts';

/** Begin of the name of what the handlers of one author count against. */
const HANDLERS = 'handlers:';

/** The part of a run that decides what it counts against. */
type Counted = Pick<RunAttributes, 'profileUid' | 'countedFor'>;

/**
 * Name of the limits that a run counts against: those of its user, or those of the handlers of an
 * author. Runs with one owner share a turn in queues.
 */
export function quotaOwner({ profileUid, countedFor }: Counted): string {
  return countedFor ?? profileUid;
}

/** True: the owner is the handlers of an author. */
export function isOfHandlers(owner: string): boolean {
  return owner.startsWith(HANDLERS);
}

/** Profile of the author whose handlers an owner is. Undefined: it is a user. */
export function authorOfHandlers(owner: string): string | undefined {
  return isOfHandlers(owner) ? owner.slice(HANDLERS.length) : undefined;
}

/**
 * Owner of the run of a handler, and of the runs that it starts, for limits. A handler of another
 * user must not use up the limits of the user of the failed run, who has not asked for it. It does
 * not use up those of its author either, because others decide how often it starts.
 * @returns undefined: the user of the run
 */
export function countedForOf(
  { runsAs }: Pick<StoredWorkflow, 'runsAs'>,
  failed: Counted,
): string | undefined {
  const isOwn = runsAs.profileUid === failed.profileUid;
  return isOwn ? failed.countedFor : `${HANDLERS}${runsAs.profileUid}`;
}
