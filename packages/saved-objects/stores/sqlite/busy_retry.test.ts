import { describe, expect, it } from 'vitest';
import { runWithRetry } from './busy_retry.ts';
import { SqliteConnection } from './connection.ts';

const SQLITE_BUSY = 5;
const TIMEOUT_MS = 5_000;
const connection = new SqliteConnection(':memory:', 0);

const busy = () =>
  Object.assign(new Error('database is locked'), {
    code: 'ERR_SQLITE_ERROR',
    errcode: SQLITE_BUSY,
  });

/** Work that fails this number of times, and a clock that moves before each attempt. */
function attempt(failures: number, passedMs: number) {
  let nowMs = 0;
  let attempts = 0;
  const result = runWithRetry(connection, { timeoutMs: TIMEOUT_MS, now: () => nowMs }, () => {
    attempts += 1;
    nowMs += passedMs;
    if (attempts <= failures) throw busy();
    return 'done';
  });
  return { result, attempts: () => attempts };
}

describe('work on a locked database', () => {
  it('is repeated until the lock is free', async () => {
    const { result, attempts } = attempt(3, 10);
    expect(await result).toBe('done');
    expect(attempts()).toBe(4);
  });

  it('fails when another process holds the lock for the time limit', async () => {
    const { result, attempts } = attempt(100, 400);
    await expect(result).rejects.toMatchObject({ code: 'unavailable' });
    // The first failure starts the time.
    expect(attempts()).toBe(1 + Math.ceil(TIMEOUT_MS / 400));
  });

  it('is repeated after a pause of the process that is longer than the time limit', async () => {
    const { result } = attempt(2, 10 * TIMEOUT_MS);
    expect(await result).toBe('done');
  });
});
