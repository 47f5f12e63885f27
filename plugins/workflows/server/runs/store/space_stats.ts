import { type Clock, ReadThroughCache } from '@latchkey/core/server';
import type { SpaceStats, WorkflowSearch } from '../../workflows/index.ts';
import type { RunStore } from './run_store.ts';
import { countRunsByDay } from './runs_by_day.ts';

/** Milliseconds for which the numbers of a space are kept. */
const TTL_MS = 5_000;
/** Maximum number of spaces whose numbers are kept. */
const MAX_SPACES = 1_000;

/**
 * Numbers of workflows and runs by space. Requests share them for some seconds, because counting
 * 100,000 runs takes more than a second.
 */
export function createSpaceStats({
  store,
  search,
  clock,
}: {
  readonly store: Pick<RunStore, 'count'>;
  readonly search: Pick<WorkflowSearch, 'count'>;
  readonly clock: Pick<Clock, 'monotonic' | 'now'>;
}): ReadThroughCache<SpaceStats> {
  return new ReadThroughCache({
    clock,
    ttlMs: TTL_MS,
    maxEntries: MAX_SPACES,
    load: async (spaceId) => ({
      workflows: await search.count({ spaceId }),
      executions: await countRunsByDay(store, { spaceId, now: new Date(clock.now()) }),
    }),
  });
}
