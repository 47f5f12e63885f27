import { setTimeout as sleep } from 'node:timers/promises';

const POLL_MS = 5;
/** Time limit that ends only a test that hangs. It is shorter than the limit of most tests. */
const TIMEOUT_MS = 60_000;

/**
 * Calls `check` repeatedly until it returns a result.
 * @param what noun phrase for the error message
 * @param check returns `undefined` or `false` while there is no result yet
 * @param pause waits before the next call, for example on a manual clock. Default: 5 ms
 * @throws Error naming `what` when there is no result after a minute
 */
export async function waitUntil<T>(
  what: string,
  check: () => T | undefined | false | Promise<T | undefined | false>,
  pause: () => Promise<unknown> = () => sleep(POLL_MS),
): Promise<T> {
  const until = performance.now() + TIMEOUT_MS;
  for (;;) {
    const seen = await check();
    if (seen !== undefined && seen !== false) return seen;
    if (performance.now() > until) throw new Error(`Timed out waiting for: ${what}`);
    await pause();
  }
}
