import { setTimeout as delay } from 'node:timers/promises';
import { backoffMs } from '../../coordination/backoff.ts';
import type { SqliteConnection } from './connection.ts';
import { isBusy, toStoreError } from './sqlite_errors.ts';

const BACKOFF = { initialMs: 2, maxMs: 100 } as const;

/** Deadline and pauses while another process holds the lock of the database. */
export interface BusyPolicy {
  /** Maximum milliseconds from the first failure, in addition to the busy timeout of an attempt. */
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
  let deadline: number | undefined;
  for (let failures = 1; ; failures += 1) {
    try {
      return work();
    } catch (error) {
      deadline ??= policy.now() + policy.timeoutMs;
      if (!isBusy(error) || policy.now() >= deadline) throw toStoreError(error, connection.path);
    }
    // Random delays, so that processes with conflicting attempts do not retry at the same time.
    await delay(Math.random() * backoffMs(BACKOFF, failures));
  }
}
