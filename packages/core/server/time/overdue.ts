import type { Clock } from './types.ts';

/**
 * Delay of a timer that shows that the whole process was paused, for example stopped, swapped out,
 * or on a machine that was suspended. In milliseconds.
 */
const PAUSED_MS = 50;
/** Time to read a response that arrived while the process was paused, in milliseconds. */
const READING_MS = 1_000;
const SHORT_READING_MS = 50;

/**
 * Resolves when a response is overdue: after `timeoutMs` and a short time to read a response that
 * has arrived. After a pause of the process, the response may be in the buffer of the socket,
 * because Node fires timers before it reads sockets. So there is more time to read it.
 * @param timeoutMs milliseconds
 * @throws the signal's reason when `signal` aborts first
 */
export async function untilOverdue(
  clock: Pick<Clock, 'monotonic' | 'sleep'>,
  timeoutMs: number,
  signal?: AbortSignal,
): Promise<void> {
  const startedMs = clock.monotonic();
  await clock.sleep(timeoutMs, signal);
  const lateMs = clock.monotonic() - startedMs - timeoutMs;
  await clock.sleep(lateMs > PAUSED_MS ? READING_MS : SHORT_READING_MS, signal);
}
