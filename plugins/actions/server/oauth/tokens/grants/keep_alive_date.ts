import { createHash } from 'node:crypto';
import type { GrantKey } from './grant_key.ts';

const DAY_MS = 24 * 60 * 60_000;
/**
 * Interval of checks if the provider has no idle limit, in milliseconds. Checks are needed because
 * a later version may know of a limit.
 */
const RECHECK_MS = 30 * DAY_MS;
/**
 * Interval of checks while the limit of the provider is unknown, in milliseconds. Shorter than any
 * known limit.
 */
const UNKNOWN_LIMIT_MS = DAY_MS;

/**
 * Returns the instant at which keep-alive checks a grant that is not refreshed before: after 70 to
 * 85 % of the provider's idle limit. The share is always the same for one grant and differs between
 * grants, so that grants which were authorized at the same time are not refreshed at the same time.
 * @param idleLimitDays `undefined`: the provider has no idle limit
 */
export function keepAliveDate(
  key: GrantKey,
  issuedAt: Date,
  idleLimitDays: number | undefined,
): Date {
  const pauseMs = idleLimitDays === undefined ? RECHECK_MS : idleLimitDays * DAY_MS * shareOf(key);
  return new Date(issuedAt.getTime() + pauseMs);
}

/**
 * Returns an early date for a grant that was stored without one. The next keep-alive run computes
 * the real date.
 */
export function firstKeepAliveDate(issuedAt: Date): Date {
  return new Date(issuedAt.getTime() + UNKNOWN_LIMIT_MS);
}

function shareOf(key: GrantKey): number {
  const owner = key.scope === 'per-user' ? key.profileUid : '';
  const hash = createHash('sha256').update(`${key.connectorId}:${owner}`).digest();
  return 0.7 + (0.15 * hash.readUInt16BE()) / 65_535;
}

/** Adds an early keep-alive date to changes that contain new tokens but no date. */
export function withKeepAlive<
  C extends { readonly issuedAt?: Date | undefined; readonly keepAliveAt?: Date | undefined },
>(changes: C): C {
  const { issuedAt } = changes;
  return issuedAt === undefined || 'keepAliveAt' in changes
    ? changes
    : { ...changes, keepAliveAt: firstKeepAliveDate(issuedAt) };
}
