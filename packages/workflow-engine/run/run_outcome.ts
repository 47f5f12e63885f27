import type { StepError } from '../failures/step_failure.ts';
import type { RunWait } from './interruptions.ts';
import type { OpenStep } from './run_journal.ts';

/** How a run ended. */
export interface RunEnd {
  readonly kind: 'ended';
  readonly status: 'completed' | 'failed' | 'cancelled' | 'timed_out';
  /** Set by `workflow.output`; absent: none. */
  readonly output?: Readonly<Record<string, unknown>>;
  readonly error?: StepError;
  /** Name of the step whose failure ended the run. */
  readonly failedStep?: string;
}

/** Result of executing a run: it has ended, or waits and can be dropped from memory. */
export type RunOutcome =
  | RunEnd
  | {
      readonly kind: 'waiting';
      readonly waits: readonly RunWait[];
      /** The steps of the waits. A wait before the next attempt of a step has none. */
      readonly steps: readonly OpenStep[];
    };

/** Result of executing the steps of a list. Undefined: continue with the next step. */
export type Flow = 'break' | 'continue' | Omit<RunEnd, 'kind'> | undefined;
