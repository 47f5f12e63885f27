import type { RunAttributes } from './run_types.ts';

/** Statuses of runs that have ended. */
export const FINAL_STATUSES = ['completed', 'failed', 'cancelled', 'timed_out', 'skipped'] as const;
const FINAL: ReadonlySet<string> = new Set(FINAL_STATUSES);

/** Returns `true` if a run with this status has ended. */
export function isFinal(status: RunAttributes['status']): boolean {
  return FINAL.has(status);
}
