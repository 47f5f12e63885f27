import { isFinished } from '../run_status/index.ts';
import type { RunDetails, StepRun } from './execution.ts';

/** Minimum pause between two reads of a run, in milliseconds. */
const MIN_MS = 1_000;
const MAX_MS = 15_000;
/** Maximum pause while the run executes steps, in milliseconds. */
const MAX_BUSY_MS = 3_000;
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
  if (now < expectedUntil) return MIN_MS;
  const instants = [
    run.createdAt,
    ...run.stepExecutions.map(({ finishedAt, startedAt }) => finishedAt ?? startedAt),
    ...run.currentSteps.map(({ startedAt }) => startedAt),
  ].map((at) => Date.parse(at));
  const quietMs = now - instants.reduce((latest, at) => Math.max(latest, at), 0);
  const isBusy = run.status === 'running' || run.status === 'pending';
  const longest = isBusy ? MAX_BUSY_MS : MAX_MS;
  const pause = Math.min(longest, Math.max(MIN_MS, quietMs * PART_OF_QUIET_TIME));
  const ends = run.waits.flatMap(({ until }) => (until === undefined ? [] : Date.parse(until)));
  const next = ends.filter((end) => end > now).reduce((a, b) => Math.min(a, b), now + pause);
  return Math.max(MIN_MS, next - now);
}
