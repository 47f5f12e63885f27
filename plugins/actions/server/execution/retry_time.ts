import { parseRetryAfter } from '@latchkey/oauth-providers';

/** Maximum time until a retry in results, one day. */
const MAX_WAIT_MS = 24 * 60 * 60_000;

/**
 * The instant of a `Retry-After` value as an ISO string, at most a day ahead (RFC 9110 §10.2.3:
 * seconds or a date). `undefined`: the header is absent or unreadable.
 */
export function notBefore(retryAfter: unknown, nowMs: number): string | undefined {
  return afterWait(parseRetryAfter(retryAfter, new Date(nowMs)), nowMs);
}

/**
 * The instant after a wait in milliseconds, as {@link notBefore}. `undefined`: the wait is unknown.
 */
export function afterWait(waitMs: number | undefined, nowMs: number): string | undefined {
  if (waitMs === undefined || Number.isNaN(waitMs)) return undefined;
  return new Date(nowMs + Math.min(Math.max(waitMs, 0), MAX_WAIT_MS)).toISOString();
}
