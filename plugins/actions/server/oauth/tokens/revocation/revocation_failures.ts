import type { RevocationFailures } from './revocation_entries.ts';
import {
  FAILURE_KEPT_MS,
  type RevocableGrant,
  type RevocationAttributes,
} from './revocation_type.ts';
import type { GrantResult } from './revoke_grant.ts';

type Failed = RevocationAttributes['failed'];

/** Returns the change of an entry when `added` more grants failed at `at` (ISO 8601). */
export function failedChange(
  before: Failed,
  added: number,
  at: string,
): { failed?: NonNullable<Failed> } {
  return added === 0 ? {} : { failed: { count: (before?.count ?? 0) + added, at } };
}

/**
 * Counts the failed grants that the entry still contains. Another process may already have counted
 * the others.
 */
export function countFailed(
  results: readonly GrantResult[],
  pending: readonly RevocableGrant[],
): number {
  const contained = new Set(pending.flatMap(({ tokens }) => tokens.map(({ token }) => token)));
  return results.filter(
    ({ result, remaining, grant }) =>
      result === 'failed' &&
      remaining.length === 0 &&
      grant.tokens.some(({ token }) => contained.has(token)),
  ).length;
}

/** Instant (ISO 8601) until which the failures of an entry are reported. */
export function endOfReport({ at }: NonNullable<Failed>): string {
  return new Date(Date.parse(at) + FAILURE_KEPT_MS).toISOString();
}

/** Tells if the failures of an entry are still reported. `false` if there are none. */
export function isReported(failed: Failed, nowMs: number): boolean {
  return failed !== undefined && Date.parse(endOfReport(failed)) > nowMs;
}

/** Combines the failures of several entries, with the time of the last one. */
export function sumOf(all: readonly RevocationFailures[]): RevocationFailures {
  const count = all.reduce((sum, failures) => sum + failures.count, 0);
  return { count, at: new Date(Math.max(0, ...all.map(({ at }) => at.getTime()))) };
}
