import { setImmediate as nextTurn } from 'node:timers/promises';
import { EXECUTION_STATUSES } from '../../../common/index.ts';
import type { RunStore } from './run_store.ts';

/**
 * Numbers of runs of a space by status; statuses without runs are left out. Waits after each count,
 * because SQLite blocks the process while it counts.
 */
export async function countRuns(
  store: Pick<RunStore, 'count'>,
  { spaceId }: { readonly spaceId: string },
): Promise<Readonly<Record<string, number>>> {
  const counts: Record<string, number> = {};
  for (const status of EXECUTION_STATUSES) {
    const total = await store.count({ spaceId, statuses: [status] });
    if (total > 0) counts[status] = total;
    await nextTurn();
  }
  return counts;
}
