import type { RunDetails, StepRun } from '../run_data/index.ts';

/**
 * The step whose failure ended a run. `undefined`: the run ended otherwise, or the step is not in
 * the response.
 */
export function failedStep({
  error,
  stepExecutions,
}: Pick<RunDetails, 'error' | 'stepExecutions'>): StepRun | undefined {
  if (error === undefined) return undefined;
  return stepExecutions.findLast(
    (step) =>
      step.status === 'failed' &&
      step.failedStepId === undefined &&
      step.error?.type === error.type &&
      step.error.message === error.message,
  );
}
