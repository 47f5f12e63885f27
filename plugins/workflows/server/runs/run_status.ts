import type { RunAttributes } from './run_types.ts';

/** States of runs that have ended. */
const FINAL: ReadonlySet<string> = new Set([
  'completed',
  'failed',
  'cancelled',
  'timed_out',
  'skipped',
]);

/** Tells if a run with this status has ended. */
export function isFinal(status: RunAttributes['status']): boolean {
  return FINAL.has(status);
}
