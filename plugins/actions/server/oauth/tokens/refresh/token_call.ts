import { OAuthError, type TokenGrant } from '@latchkey/oauth-client';
import type { GrantRecord } from '../grants/grant_record.ts';
import type { RefreshDeps, RefreshRequest } from './refresh_request.ts';

/** A timer this late means that the whole process stood still: stopped, swapped out, or asleep with its machine. */
const STOOD_STILL_MS = 50;
/** Long enough to read a response that waited in a socket while the process was paused. */
const READING_MS = 1_000;
const SHORT_READING_MS = 50;

type TokenCallDeps = Pick<RefreshDeps, 'clock' | 'timings'>;

/**
 * The token call under its own deadline, so that a hung provider blocks nobody for ever.
 * @throws OAuthError; with `responseLost` when no answer came in time
 */
export async function callProvider(
  deps: TokenCallDeps,
  leased: GrantRecord,
  request: RefreshRequest,
): Promise<TokenGrant> {
  const deadline = new AbortController();
  const settled = new AbortController();
  const timeout = untilOverdue(deps, settled.signal).then(() => {
    const error = new OAuthError('timeout', 'transient', 'The provider did not answer in time.', {
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
    settled.abort();
  }
}

/**
 * Resolves when a response is overdue. Timers fire before sockets are read, so after a pause of any
 * length the tokens may wait in a socket. They must not be discarded: the provider consumed the
 * refresh token for them.
 */
async function untilOverdue({ clock, timings }: TokenCallDeps, signal: AbortSignal): Promise<void> {
  const startedMs = clock.monotonic();
  await clock.sleep(timings.callTimeoutMs, signal);
  const lateMs = clock.monotonic() - startedMs - timings.callTimeoutMs;
  await clock.sleep(lateMs > STOOD_STILL_MS ? READING_MS : SHORT_READING_MS, signal);
}
