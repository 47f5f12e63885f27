import { setTimeout as sleep } from 'node:timers/promises';

const POLL_MS = 20;
const DEFAULT_TIMEOUT_MS = 20_000;

/**
 * Looks again and again until there is something to see.
 * @param look `undefined` or `false`: not yet
 * @throws Error naming `what` when patience ends
 */
export async function waitUntil<T>(
  what: string,
  look: () => T | undefined | false | Promise<T | undefined | false>,
  timeoutMs = DEFAULT_TIMEOUT_MS,
): Promise<T> {
  const until = performance.now() + timeoutMs;
  for (;;) {
    const seen = await look();
    if (seen !== undefined && seen !== false) return seen;
    if (performance.now() > until) throw new Error(`Waited in vain for: ${what}`);
    await sleep(POLL_MS);
  }
}

/** @throws Error naming `what` when the work takes longer than it is allowed to */
export async function within<T>(what: string, limitMs: number, work: Promise<T>): Promise<T> {
  const settled = new AbortController();
  const late = sleep(limitMs, undefined, { signal: settled.signal }).then(() => {
    throw new Error(`Did not end within ${limitMs} ms: ${what}`);
  });
  late.catch(() => undefined);
  try {
    return await Promise.race([work, late]);
  } finally {
    settled.abort();
  }
}
