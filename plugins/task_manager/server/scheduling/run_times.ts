import type { Randomness } from '@latchkey/core/server';
import { backoffMs } from '@latchkey/saved-objects/coordination';
import type { Task } from '../tasks/index.ts';
import { nextOccurrence } from './calendar.ts';

/**
 * Maximum milliseconds until the first run. First runs are spread, so that a start of the server
 * does not run all tasks at the same time.
 */
const MAX_FIRST_DELAY_MS = 60_000;
/** Fraction of the interval by which a run is earlier or later. */
const JITTER = 0.1;
const RETRY_BACKOFF = { initialMs: 10_000, maxMs: 5 * 60_000 };

type Fraction = Pick<Randomness, 'fraction'>;

/** Milliseconds from a finished run to the next: the interval, 10 % more or less. */
export function nextDelayMs(intervalMs: number, randomness: Fraction): number {
  return Math.max(1, Math.round(intervalMs * (1 - JITTER + 2 * JITTER * randomness.fraction())));
}

/**
 * Milliseconds from scheduling a task to its first run: random within the interval, at most a
 * minute.
 */
export function firstDelayMs(intervalMs: number, randomness: Fraction): number {
  return Math.floor(Math.min(intervalMs, MAX_FIRST_DELAY_MS) * randomness.fraction());
}

/**
 * Regular next run of a task: its next occurrence, or an interval from now.
 * @returns `undefined` for a one-off task, and for a calendar that has ended
 */
export function nextRunAt(
  { calendar, intervalMs }: Pick<Task, 'calendar' | 'intervalMs'>,
  nowMs: number,
  randomness: Fraction,
): Date | undefined {
  if (calendar !== undefined) return nextOccurrence(calendar, nowMs);
  return intervalMs === undefined
    ? undefined
    : new Date(nowMs + nextDelayMs(intervalMs, randomness));
}

/**
 * Milliseconds from a failed attempt to the next: 10 s, 20 s, 40 s, and so on, at most 5 minutes
 * and at most the interval, with jitter. Many tasks fail together when a store or provider is down;
 * because of the jitter they do not retry together.
 */
export function retryDelayMs(
  attempt: number,
  intervalMs: number | undefined,
  randomness: Fraction,
): number {
  const pauseMs = backoffMs(RETRY_BACKOFF, attempt);
  return nextDelayMs(Math.min(pauseMs, intervalMs ?? pauseMs), randomness);
}
