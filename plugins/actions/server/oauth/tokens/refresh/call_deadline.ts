import type { Clock } from '@latchkey/core/server';
import { OAuthError } from '@latchkey/oauth-client';

/**
 * A timer that fires this late shows that the whole process was paused: stopped, swapped out, or
 * its machine slept.
 */
const STALL_MS = 50;
/** Time to read a response that arrived while the process was paused. */
const READ_GRACE_MS = 1_000;
const SHORT_READ_GRACE_MS = 50;

/** Clock and deadline of a token request. */
interface CallDeadline {
  readonly clock: Clock;
  readonly callTimeoutMs: number;
}

/**
 * Sends a token request with its own deadline, so that a provider that hangs blocks no caller
 * forever.
 * @param send gets the signal that ends at the deadline
 * @throws OAuthError, with `responseLost` when no response was received in time
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
 * Resolves when a response is overdue. Timers fire before sockets are read, so after a pause of any
 * length the response may be waiting in a socket. Its tokens must not be discarded: the provider
 * has consumed the refresh token.
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
