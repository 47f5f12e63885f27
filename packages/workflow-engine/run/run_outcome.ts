import type { StepError } from '../failures/step_failure.ts';
import type { RunWait } from './interruptions.ts';
import type { OpenStep } from './run_journal.ts';

/** How a run ended. */
export interface RunEnd {
  readonly kind: 'ended';
  readonly status: 'completed' | 'failed' | 'cancelled' | 'timed_out';
  /** Outputs that `workflow.output` has set. Absent: none. */
  readonly output?: Readonly<Record<string, unknown>>;
  readonly error?: StepError;
  /** Name of the step whose failure ended the run. Absent: no step did. */
  readonly failedStep?: string;
}

/** Result of an execution of a run: the run has ended, or it waits and can leave memory. */
export type RunOutcome =
  | RunEnd
  | {
      readonly kind: 'waiting';
      readonly waits: readonly RunWait[];
      /** The steps that wait. A wait before the next attempt of a step has no step. */
      readonly steps: readonly OpenStep[];
    };

/** Result of executing a list of steps. `undefined`: continue with the next step. */
export type Flow = 'break' | 'continue' | Omit<RunEnd, 'kind'> | undefined;
