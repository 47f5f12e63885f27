import { setTimeout as sleep } from 'node:timers/promises';

/** Milliseconds between two checks: a tenth of the time waited so far, within these limits. */
const POLL_MS = { min: 5, max: 200 };
/**
 * Time limit that ends only a test that hangs. On a busy machine a few requests may take half a
 * minute. It is shorter than the limits of tests, whose errors do not say what was waited for.
 */
const TIMEOUT_MS = 100_000;

/** Options of {@link waitUntil}. */
export interface WaitOptions {
  /** Time limit in milliseconds. Default: 100 s. */
  readonly timeoutMs?: number | undefined;
  /** Waits before the next check, for example on a manual clock. Default: a growing pause. */
  readonly pause?: () => Promise<unknown>;
}

/**
 * Calls `check` repeatedly until it returns a result. Checks become less frequent: many are
 * requests, and those of several test files would slow down the servers that they wait for.
 * @param what noun phrase for the error message
 * @param check returns `undefined` or `false` while there is no result yet
 * @throws Error naming `what` when there is no result in time
 */
export async function waitUntil<T>(
  what: string,
  check: () => T | undefined | false | Promise<T | undefined | false>,
  { timeoutMs = TIMEOUT_MS, pause }: WaitOptions = {},
): Promise<T> {
  const startedAt = performance.now();
  for (;;) {
    const seen = await check();
    if (seen !== undefined && seen !== false) return seen;
    const waitedMs = performance.now() - startedAt;
    if (waitedMs > timeoutMs) throw new Error(`Timed out waiting for: ${what}`);
    await (pause?.() ?? sleep(Math.min(Math.max(waitedMs / 10, POLL_MS.min), POLL_MS.max)));
  }
}
