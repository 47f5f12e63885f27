import { setTimeout as delay } from 'node:timers/promises';
import type { SqliteConnection } from './connection.ts';
import { isBusy, toStoreError } from './sqlite_errors.ts';

const FIRST_DELAY_MS = 2;
const MAX_DELAY_MS = 100;

/** How long and against which clock a locked database is waited for. */
export interface BusyPolicy {
  /** In all, beyond the connection's own short busy timeout. */
  readonly giveUpAfterMs: number;
  /** Milliseconds; only differences count. */
  readonly now: () => number;
}

/**
 * Runs synchronous database work. While another process holds the lock, the event loop is given back between attempts:
 * SQLite's own busy timeout would stop the whole server. The work must be safe to repeat.
 * @throws StoreError
 */
export async function runWithRetry<T>(
  connection: SqliteConnection,
  policy: BusyPolicy,
  work: () => T,
): Promise<T> {
  let giveUpAt: number | undefined;
  for (let maxDelayMs = FIRST_DELAY_MS; ; maxDelayMs = Math.min(maxDelayMs * 2, MAX_DELAY_MS)) {
    try {
      return work();
    } catch (error) {
      giveUpAt ??= policy.now() + policy.giveUpAfterMs;
      if (!isBusy(error) || policy.now() >= giveUpAt) throw toStoreError(error, connection.path);
    }
    // Jitter, so that processes that collided once do not collide again in step.
    await delay(Math.random() * maxDelayMs);
  }
}
