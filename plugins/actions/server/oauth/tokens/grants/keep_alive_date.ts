import { createHash } from 'node:crypto';
import type { GrantKey } from './grant_key.ts';

const DAY_MS = 24 * 60 * 60_000;
/**
 * Interval of checks for a provider that keeps idle grants, in case a later version knows of a
 * limit.
 */
const RECHECK_MS = 30 * DAY_MS;
/** Interval when the limit of the provider is not known yet. Shorter than any known limit. */
const UNKNOWN_LIMIT_MS = DAY_MS;

/**
 * Returns when keep-alive must check a grant that is not refreshed until then: between 0.70 and
 * 0.85 of the provider's idle limit. The share is constant for one grant and differs between
 * grants, so that grants made at the same time are not refreshed at the same time.
 * @param idleLimitDays `undefined`: the provider keeps idle grants
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
 * Returns an early date for a grant whose writer did not set one. The next keep-alive run computes
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

/** Adds an early keep-alive date when the writer of new tokens sets none. */
export function withKeepAlive<
  C extends { readonly issuedAt?: Date | undefined; readonly keepAliveAt?: Date | undefined },
>(changes: C): C {
  const { issuedAt } = changes;
  return issuedAt === undefined || 'keepAliveAt' in changes
    ? changes
    : { ...changes, keepAliveAt: firstKeepAliveDate(issuedAt) };
}
