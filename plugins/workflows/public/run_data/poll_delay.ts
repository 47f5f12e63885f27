import { isFinished } from '../run_status/index.ts';
import type { RunDetails, StepRun } from './execution.ts';

/** Shortest pause between two reads of a run, in milliseconds. */
const SHORTEST_MS = 1_000;
const LONGEST_MS = 15_000;
/** Longest pause while the run executes steps, in milliseconds. */
const LONGEST_BUSY_MS = 3_000;
/** Ratio of the pause to the time since the last change of the run. */
const PART_OF_QUIET_TIME = 0.2;

/** Fields of a run from which the pause is computed. */
type Observed = Pick<RunDetails, 'status' | 'createdAt'> & {
  readonly stepExecutions: readonly Pick<StepRun, 'startedAt' | 'finishedAt'>[];
  readonly currentSteps: readonly Pick<RunDetails['currentSteps'][number], 'startedAt'>[];
  readonly waits: readonly Pick<RunDetails['waits'][number], 'until'>[];
};

/**
 * Pause before the next read of a run, in milliseconds. The pause grows with the time since the
 * last change of the run, and never lasts beyond the end of a wait. `false`: the run has ended, so
 * that reading stops.
 * @param clock in milliseconds since 1970: `now`, and `expectedUntil`, until which changes are
 *   expected because the user has just acted
 */
export function pollDelay(
  run: Observed,
  { now, expectedUntil }: { readonly now: number; readonly expectedUntil: number },
): number | false {
  if (isFinished(run.status)) return false;
  if (now < expectedUntil) return SHORTEST_MS;
  const instants = [
    run.createdAt,
    ...run.stepExecutions.map(({ finishedAt, startedAt }) => finishedAt ?? startedAt),
    ...run.currentSteps.map(({ startedAt }) => startedAt),
  ].map((at) => Date.parse(at));
  const quietMs = now - instants.reduce((latest, at) => Math.max(latest, at), 0);
  const isBusy = run.status === 'running' || run.status === 'pending';
  const longest = isBusy ? LONGEST_BUSY_MS : LONGEST_MS;
  const pause = Math.min(longest, Math.max(SHORTEST_MS, quietMs * PART_OF_QUIET_TIME));
  const ends = run.waits.flatMap(({ until }) => (until === undefined ? [] : Date.parse(until)));
  const next = ends.filter((end) => end > now).reduce((a, b) => Math.min(a, b), now + pause);
  return Math.max(SHORTEST_MS, next - now);
}
