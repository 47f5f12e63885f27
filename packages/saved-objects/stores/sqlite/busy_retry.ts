import { setTimeout as delay } from 'node:timers/promises';
import { backoffMs } from '../../coordination/backoff.ts';
import type { SqliteConnection } from './connection.ts';
import { isBusy, toStoreError } from './sqlite_errors.ts';

const BACKOFF = { initialMs: 2, maxMs: 100 } as const;
/**
 * Maximum milliseconds of one attempt, with the delay before it, that count towards the timeout. A
 * process that was paused, for example because the machine was suspended, can try again afterwards.
 */
const MAX_COUNTED_MS = 500;

/** Deadline and pauses while another process holds the lock of the database. */
export interface BusyPolicy {
  /**
   * Maximum milliseconds from the first failure, in addition to the busy timeout of an attempt and
   * to times in which this process did not run.
   */
  readonly timeoutMs: number;
  /** Monotonic clock, in milliseconds. */
  readonly now: () => number;
}

/**
 * Runs synchronous database work, and repeats it while another process holds the lock. The event
 * loop continues between attempts; a longer busy timeout of SQLite would block the whole server.
 * The work must be safe to repeat.
 * @throws StoreError
 */
export async function runWithRetry<T>(
  connection: SqliteConnection,
  policy: BusyPolicy,
  work: () => T,
): Promise<T> {
  let failedAtMs: number | undefined;
  let waitedMs = 0;
  for (let failures = 1; ; failures += 1) {
    try {
      return work();
    } catch (error) {
      const nowMs = policy.now();
      waitedMs += Math.min(nowMs - (failedAtMs ?? nowMs), MAX_COUNTED_MS);
      failedAtMs = nowMs;
      if (!isBusy(error) || waitedMs >= policy.timeoutMs) {
        throw toStoreError(error, connection.path);
      }
    }
    // Random delays, so that processes with conflicting attempts do not retry at the same time.
    await delay(Math.random() * backoffMs(BACKOFF, failures));
  }
}
