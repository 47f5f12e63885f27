import type { Clock } from '@latchkey/core/server';
import { OAuthError } from '@latchkey/oauth-client';

/**
 * Delay of a timer that shows that the whole process was paused, for example stopped, swapped out,
 * or on a machine that was suspended. In milliseconds.
 */
const STALL_MS = 50;
/** Time to read a response that arrived while the process was paused, in milliseconds. */
const READ_GRACE_MS = 1_000;
const SHORT_READ_GRACE_MS = 50;

/** Clock and duration of the deadline. */
interface CallDeadline {
  readonly clock: Clock;
  readonly callTimeoutMs: number;
}

/**
 * Sends a token request with its own deadline, so that callers never wait for ever if the provider
 * does not respond.
 * @param send receives the signal that is aborted at the deadline
 * @throws OAuthError; `responseLost` is `true` if no response was received in time
 */
export async function beforeDeadline<T>(
  limit: CallDeadline,
  send: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const deadline = new AbortController();
  const finished = new AbortController();
  const timeout = waitUntilOverdue(limit, finished.signal).then(() => {
    const error = new OAuthError('timeout', 'transient', 'The provider did not respond in time.', {
      responseLost: true,
    });
    deadline.abort(error);
    throw error;
  });
  timeout.catch(() => undefined);
  try {
    return await Promise.race([send(deadline.signal), timeout]);
  } finally {
    finished.abort();
  }
}

/**
 * Resolves when the response is overdue. After a pause of the process, the response may already be
 * in the buffer of the socket, because timers fire before sockets are read. Such a response must
 * not be discarded: the provider has consumed the refresh token. So there is additional time to
 * read it.
 */
async function waitUntilOverdue(
  { clock, callTimeoutMs }: CallDeadline,
  signal: AbortSignal,
): Promise<void> {
  const startedMs = clock.monotonic();
  await clock.sleep(callTimeoutMs, signal);
  const lateMs = clock.monotonic() - startedMs - callTimeoutMs;
  await clock.sleep(lateMs > STALL_MS ? READ_GRACE_MS : SHORT_READ_GRACE_MS, signal);
}
