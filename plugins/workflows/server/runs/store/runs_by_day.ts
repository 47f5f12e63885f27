import { setImmediate as nextTurn } from 'node:timers/promises';
import type { RunStore } from './run_store.ts';

/** Number of days before the current one whose runs are counted. */
const DAYS = 30;
const DAY_MS = 86_400_000;
/** Statuses that are counted. */
const COUNTED = ['completed', 'failed', 'cancelled'] as const;

type Numbers = Record<(typeof COUNTED)[number], number>;

/** Numbers of runs that were created on one day in UTC, by their present status. */
export interface RunsOfDay extends Readonly<Numbers> {
  /** Date in the form `2030-12-31`. */
  readonly date: string;
  /** ISO instant at which the day began. */
  readonly timestamp: string;
}

/**
 * Numbers of runs that were created in the last 30 days, from the first day with runs to the last
 * one. Reads the status of each run, because the stores cannot group what they count. Lets other
 * work of the process continue between two reads.
 */
export async function countRunsByDay(
  store: Pick<RunStore, 'createdSince'>,
  { spaceId, now }: { readonly spaceId: string; readonly now: Date },
): Promise<readonly RunsOfDay[]> {
  const days = new Map<number, Numbers>();
  for await (const batch of store.createdSince(spaceId, new Date(now.getTime() - DAYS * DAY_MS))) {
    for (const { createdAt, status } of batch) {
      const day = Math.floor(Date.parse(createdAt) / DAY_MS);
      const numbers = days.get(day) ?? noRuns();
      days.set(day, numbers);
      const counted = COUNTED.find((each) => each === status);
      if (counted !== undefined) numbers[counted] += 1;
    }
    await nextTurn();
  }
  const first = Math.min(...days.keys());
  const last = Math.max(...days.keys());
  return Array.from({ length: days.size === 0 ? 0 : last - first + 1 }, (_, index) => {
    const timestamp = new Date((first + index) * DAY_MS).toISOString();
    const date = timestamp.slice(0, 'yyyy-mm-dd'.length);
    return { date, timestamp, ...(days.get(first + index) ?? noRuns()) };
  });
}

function noRuns(): Numbers {
  return { completed: 0, failed: 0, cancelled: 0 };
}
