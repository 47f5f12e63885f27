import { setImmediate as nextTurn } from 'node:timers/promises';
import type { RunStore } from './run_store.ts';

/** Number of days before the current one whose runs are counted. */
const DAYS = 30;
const DAY_MS = 86_400_000;

/** Numbers of runs that were created on one day in UTC, by their present status. */
export interface RunsOfDay {
  /** Date in the form `2030-12-31`. */
  readonly date: string;
  /** ISO instant at which the day began. */
  readonly timestamp: string;
  readonly completed: number;
  readonly failed: number;
  readonly cancelled: number;
}

/**
 * Numbers of runs that were created in the last 30 days, from the first day with runs to the last
 * one. Waits after each count, because SQLite blocks the process while it counts.
 */
export async function countRunsByDay(
  store: Pick<RunStore, 'count'>,
  { spaceId, now }: { readonly spaceId: string; readonly now: Date },
): Promise<readonly RunsOfDay[]> {
  const first = now.getTime() - DAYS * DAY_MS;
  const days: RunsOfDay[] = [];
  let lastWithRuns = 0;
  for (let day = startOfDay(first); day <= now.getTime(); day += DAY_MS) {
    const search = {
      spaceId,
      from: new Date(Math.max(day, first)),
      to: new Date(day + DAY_MS - 1),
    };
    const count = async (...statuses: string[]): Promise<number> => {
      const total = await store.count(statuses.length === 0 ? search : { ...search, statuses });
      await nextTurn();
      return total;
    };
    const total = await count();
    if (total === 0 && days.length === 0) continue;
    const timestamp = new Date(day).toISOString();
    days.push({
      date: timestamp.slice(0, 'yyyy-mm-dd'.length),
      timestamp,
      completed: total === 0 ? 0 : await count('completed'),
      failed: total === 0 ? 0 : await count('failed'),
      cancelled: total === 0 ? 0 : await count('cancelled'),
    });
    if (total > 0) lastWithRuns = days.length;
  }
  return days.slice(0, lastWithRuns);
}

function startOfDay(milliseconds: number): number {
  return Math.floor(milliseconds / DAY_MS) * DAY_MS;
}
