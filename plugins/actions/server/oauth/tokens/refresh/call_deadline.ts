import { type Clock, untilOverdue } from '@latchkey/core/server';
import { OAuthError } from '@latchkey/oauth-client';

/** Clock and duration of the deadline. */
interface CallDeadline {
  readonly clock: Clock;
  readonly callTimeoutMs: number;
}

/**
 * Sends a token request with its own deadline, so that callers never wait for ever if the provider
 * does not respond. A response that arrived while the process was paused must not be discarded: the
 * provider has consumed the refresh token.
 * @param send receives the signal that is aborted at the deadline
 * @throws OAuthError; `responseLost` is `true` if no response was received in time
 */
export async function beforeDeadline<T>(
  { clock, callTimeoutMs }: CallDeadline,
  send: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const deadline = new AbortController();
  const finished = new AbortController();
  const timeout = untilOverdue(clock, callTimeoutMs, finished.signal).then(() => {
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
