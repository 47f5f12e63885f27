import { parseRetryAfter } from '@latchkey/oauth-providers';

/** Maximum time until the next attempt that a result recommends: one day, in milliseconds. */
const MAX_WAIT_MS = 24 * 60 * 60_000;

/**
 * Converts a `Retry-After` value (seconds or a date, RFC 9110 §10.2.3) to an ISO 8601 instant, at
 * most one day from now. `undefined`: the header is absent or malformed.
 */
export function notBefore(retryAfter: unknown, nowMs: number): string | undefined {
  return afterWait(parseRetryAfter(retryAfter, new Date(nowMs)), nowMs);
}

/**
 * Converts a wait in milliseconds to an instant, as {@link notBefore} does. `undefined`: the wait
 * is unknown.
 */
export function afterWait(waitMs: number | undefined, nowMs: number): string | undefined {
  if (waitMs === undefined || Number.isNaN(waitMs)) return undefined;
  return new Date(nowMs + Math.min(Math.max(waitMs, 0), MAX_WAIT_MS)).toISOString();
}
