import { setTimeout as sleep } from 'node:timers/promises';

/** Milliseconds between two checks: a tenth of the time waited so far, within these limits. */
const POLL_MS = { min: 20, max: 200 };
/**
 * Time limit that ends only a test that hangs. On a busy machine a few requests may take half a
 * minute.
 */
const DEFAULT_TIMEOUT_MS = 120_000;

/**
 * Calls `check` repeatedly until it returns a result. Checks become less frequent: most are
 * requests, and those of several test files would slow down the servers that they wait for.
 * @param what noun phrase for the error message
 * @param check returns `undefined` or `false` while there is no result yet
 * @throws Error naming `what` when there is no result in time
 */
export async function waitUntil<T>(
  what: string,
  check: () => T | undefined | false | Promise<T | undefined | false>,
  timeoutMs = DEFAULT_TIMEOUT_MS,
): Promise<T> {
  const startedAt = performance.now();
  for (;;) {
    const seen = await check();
    if (seen !== undefined && seen !== false) return seen;
    const waitedMs = performance.now() - startedAt;
    if (waitedMs > timeoutMs) throw new Error(`Timed out waiting for: ${what}`);
    await sleep(Math.min(Math.max(waitedMs / 10, POLL_MS.min), POLL_MS.max));
  }
}

/**
 * Waits for work with a time limit.
 * @param what noun phrase for the error message
 * @throws Error naming `what` when the work exceeds the limit
 */
export async function within<T>(what: string, limitMs: number, work: Promise<T>): Promise<T> {
  const settled = new AbortController();
  const late = sleep(limitMs, undefined, { signal: settled.signal }).then(() => {
    throw new Error(`Not finished within ${limitMs} ms: ${what}`);
  });
  late.catch(() => undefined);
  try {
    return await Promise.race([work, late]);
  } finally {
    settled.abort();
  }
}
