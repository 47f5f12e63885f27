import { setTimeout as sleep } from 'node:timers/promises';

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
