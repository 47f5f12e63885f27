import { createHash } from 'node:crypto';
import type { GrantKey } from './grant_key.ts';

const DAY_MS = 24 * 60 * 60_000;
/** A grant whose provider keeps idle grants is looked at this seldom, in case a later build knows of a limit. */
const LOOK_AGAIN_MS = 30 * DAY_MS;
/** When nobody has asked yet what the provider tolerates; shorter than any limit known. */
const UNKNOWN_LIMIT_MS = DAY_MS;

/**
 * When keep-alive has to look at a grant that nobody refreshes until then: between 0.70 and 0.85 of what its provider tolerates. The share is
 * always the same for one grant and differs between grants, so that those made together are not refreshed together.
 * @param idleLimitDays `undefined`: the provider keeps idle grants
 */
export function keepAliveDate(
  key: GrantKey,
  issuedAt: Date,
  idleLimitDays: number | undefined,
): Date {
  const pauseMs =
    idleLimitDays === undefined ? LOOK_AGAIN_MS : idleLimitDays * DAY_MS * shareOf(key);
  return new Date(issuedAt.getTime() + pauseMs);
}

/** The same for a grant written by somebody who did not say. */
export function firstKeepAliveDate(issuedAt: Date): Date {
  return new Date(issuedAt.getTime() + UNKNOWN_LIMIT_MS);
}

function shareOf(key: GrantKey): number {
  const owner = key.scope === 'per-user' ? key.profileUid : '';
  const hash = createHash('sha256').update(`${key.connectorId}:${owner}`).digest();
  return 0.7 + (0.15 * hash.readUInt16BE()) / 65_535;
}
