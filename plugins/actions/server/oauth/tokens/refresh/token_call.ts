import { OAuthError, type TokenGrant } from '@latchkey/oauth-client';
import type { GrantRecord } from '../grants/grant_record.ts';
import type { RefreshDeps, RefreshRequest } from './refresh_request.ts';

/**
 * A timer that fires this late shows that the whole process was paused: stopped, swapped out, or
 * its machine slept.
 */
const STALL_MS = 50;
/** Time to read a response that arrived while the process was paused. */
const READ_GRACE_MS = 1_000;
const SHORT_READ_GRACE_MS = 50;

type TokenCallDeps = Pick<RefreshDeps, 'clock' | 'timings'>;

/**
 * Sends the token request with its own deadline, so that a provider that hangs blocks no caller
 * forever.
 * @throws OAuthError, with `responseLost` when no response was received in time
 */
export async function callProvider(
  deps: TokenCallDeps,
  leased: GrantRecord,
  request: RefreshRequest,
): Promise<TokenGrant> {
  const deadline = new AbortController();
  const finished = new AbortController();
  const timeout = waitUntilOverdue(deps, finished.signal).then(() => {
    const error = new OAuthError('timeout', 'transient', 'The provider did not respond in time.', {
      responseLost: true,
    });
    deadline.abort(error);
    throw error;
  });
  timeout.catch(() => undefined);
  try {
    const call =
      request.key.scope === 'shared'
        ? request.client.requestSharedToken(deadline.signal)
        : request.client.refresh(leased.refreshToken ?? '', deadline.signal);
    return await Promise.race([call, timeout]);
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
  { clock, timings }: TokenCallDeps,
  signal: AbortSignal,
): Promise<void> {
  const startedMs = clock.monotonic();
  await clock.sleep(timings.callTimeoutMs, signal);
  const lateMs = clock.monotonic() - startedMs - timings.callTimeoutMs;
  await clock.sleep(lateMs > STALL_MS ? READ_GRACE_MS : SHORT_READ_GRACE_MS, signal);
}
