import { type Clock, ReadThroughCache } from '@latchkey/core/server';
import {
  SearchTurns,
  SharedScan,
  type SpaceStats,
  type WorkflowSearch,
} from '../../workflows/index.ts';
import type { RunStore } from './run_store.ts';
import { countRunsByDay } from './runs_by_day.ts';

/** Milliseconds for which the numbers of a space are kept. */
const TTL_MS = 10_000;
/** Maximum number of spaces whose numbers are kept. */
const MAX_SPACES = 1_000;

/**
 * Numbers of workflows and runs by space. Requests share them for some seconds, because counting
 * 100,000 runs takes about a second. A space is counted only once at the same time, also if that
 * takes longer, and only few spaces are.
 * @throws WorkflowError `too_many_searches` from `get`
 */
export function createSpaceStats({
  store,
  search,
  clock,
}: {
  readonly store: Pick<RunStore, 'createdSince'>;
  readonly search: Pick<WorkflowSearch, 'count'>;
  readonly clock: Pick<Clock, 'monotonic' | 'now'>;
}): ReadThroughCache<SpaceStats> {
  const turns = new SearchTurns();
  const scans = new SharedScan((spaceId) =>
    turns.run(spaceId, async () => ({
      workflows: await search.count({ spaceId }),
      executions: await countRunsByDay(store, { spaceId, now: new Date(clock.now()) }),
    })),
  );
  return new ReadThroughCache({
    clock,
    ttlMs: TTL_MS,
    maxEntries: MAX_SPACES,
    load: (spaceId) => scans.result(spaceId),
  });
}
