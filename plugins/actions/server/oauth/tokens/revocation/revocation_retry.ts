import { backoffMs } from '@latchkey/saved-objects/coordination';
import type { RevocableGrant, RevocationAttributes, RevocationRetry } from './revocation_type.ts';

const BACKOFF = { initialMs: 30_000, maxMs: 60 * 60_000 };
/** After this time no more requests are sent, and the user is told to revoke at the provider. */
const GIVE_UP_AFTER_MS = 7 * 24 * 60 * 60_000;
/**
 * Minimum number of attempts before giving up, about a day's work: a machine that slept for a week,
 * or a clock that jumped, has made no attempts in that time.
 */
const MIN_ATTEMPTS = 24;
/**
 * Maximum `Retry-After` that is respected. With it, the minimum number of attempts fits into a
 * week.
 */
const MAX_RETRY_AFTER_MS = 6 * 60 * 60_000;

type Row = Pick<RevocationAttributes, 'attempts' | 'nextAttemptAt' | 'createdAt'>;

/** Retry state of tokens that were just added. */
export function freshRetry(nowMs: number): RevocationRetry {
  const now = new Date(nowMs).toISOString();
  return { attempts: 0, nextAttemptAt: now, waitingSince: now };
}

/** Retry state of a grant. Grants stored by an older build share the state of their entry. */
export function retryOf({ retry }: RevocableGrant, row: Row): RevocationRetry {
  const { attempts, nextAttemptAt, createdAt } = row;
  return retry ?? { attempts, nextAttemptAt, waitingSince: createdAt };
}

/** Retry state after one more attempt has begun. */
export function afterAttempt(retry: RevocationRetry, nowMs: number): RevocationRetry {
  const attempts = retry.attempts + 1;
  const nextAttemptAt = new Date(nowMs + backoffMs(BACKOFF, attempts)).toISOString();
  return { attempts, nextAttemptAt, waitingSince: retry.waitingSince };
}

/** Postpones the next attempt to `untilMs` at the earliest. `undefined`: no change. */
export function notBefore(retry: RevocationRetry, untilMs: number | undefined): RevocationRetry {
  if (untilMs === undefined) return retry;
  const nextMs = Math.max(untilMs, Date.parse(retry.nextAttemptAt));
  return {
    ...retry,
    nextAttemptAt: new Date(nextMs).toISOString(),
    notBefore: new Date(untilMs).toISOString(),
  };
}

/** Time (milliseconds since the epoch) from which requests to an endpoint are allowed again. */
export function retryAfterEnd(delayMs: number, nowMs: number): number {
  return nowMs + Math.min(delayMs, MAX_RETRY_AFTER_MS);
}

/** Tells if one more failure is the last. */
export function isExhausted({ attempts, waitingSince }: RevocationRetry, nowMs: number): boolean {
  const ageMs = nowMs - Date.parse(waitingSince);
  return ageMs >= GIVE_UP_AFTER_MS && attempts >= MIN_ATTEMPTS;
}

/** Time of the earliest next attempt of these grants. */
export function earliestAttempt(pending: readonly RevocableGrant[], row: Row): string {
  const times = pending.map((grant) => Date.parse(retryOf(grant, row).nextAttemptAt));
  return new Date(Math.min(...times)).toISOString();
}
