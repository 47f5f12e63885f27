import type { PatternMatcher } from '../data_steps/pattern_matcher.ts';
import type { StepError } from '../failures/step_failure.ts';
import type { TemplateRenderer } from '../templates/template_renderer.ts';
import type { RunJournal, ScopeFrame } from './run_journal.ts';

/** A call of a service by a step. */
export interface StepCall {
  /** Key of the records of this execution of the step. */
  readonly stepKey: string;
  /** Name and type of the step. */
  readonly name: string;
  readonly type: string;
  /** Iterations, branches and other scopes around the step, the outermost first. */
  readonly scopes: readonly ScopeFrame[];
  /** Rendered id or name of a connector. Absent: the step names none. */
  readonly connectorId?: string;
  /** Rendered `with`. */
  readonly input: Readonly<Record<string, unknown>>;
  /** The same for every repetition of the call after a crash, and for no other call. */
  readonly idempotencyKey: string;
  /** Maximum size of the output as JSON, in bytes. */
  readonly maxOutputBytes: number;
  /** True: the step sets this maximum itself. Default: false. */
  readonly isOutputLimited?: boolean;
}

/**
 * Result of a call. `unauthorized`: the user of the run must authorize the connector first, and
 * nothing was sent.
 */
export type CallResult =
  | { readonly kind: 'completed'; readonly output: unknown }
  | {
      readonly kind: 'failed';
      readonly error: StepError;
      /** Instant before which a repetition is useless, as the service says. Absent: unknown. */
      readonly retryAt?: Date;
    }
  | {
      readonly kind: 'unauthorized';
      readonly error: StepError;
      readonly connectorId: string;
    };

/** State of a child run. */
export type ChildState =
  | { readonly kind: 'running' }
  | { readonly kind: 'completed'; readonly output: unknown }
  | { readonly kind: 'failed'; readonly error: StepError };

/** Services of a run. */
export interface RunPorts {
  readonly journal: RunJournal;
  /** Maximum number of executed steps, iterations and repetitions. Default: 100,000. */
  readonly maxSteps?: number;
  /** Maximum characters of all records as JSON. Default: 100 million. */
  readonly maxRecordCharacters?: number;
  /**
   * Called with the characters of each record that the run keeps in memory, also of those of
   * earlier executions. Absent: only the limit of the run holds.
   * @throws RunLimitReached
   */
  readonly holdRecords?: (characters: number) => void;
  /**
   * Called before each step, iteration and repetition, when no call of its branch is in progress.
   * An error of it interrupts the run: no step begins any more, the results of calls in progress
   * are recorded, and the execution ends with this error. The run can be continued.
   * @throws the same error at each call after the first that it has thrown
   */
  readonly beginTurn?: () => void;
  readonly patterns: PatternMatcher;
  readonly templates: TemplateRenderer;
  /**
   * True: `templates` renders short texts too, because a process has ended during this run, perhaps
   * at one of them. Default: false.
   */
  readonly isNeverDirect?: boolean;
  readonly clock: {
    /** Milliseconds since 1970. */
    now(): number;
    /**
     * @param limitOf key of the part of the run whose time limit passes meanwhile. Absent: the run
     * itself waits.
     * @throws the reason of the signal when it aborts
     */
    sleep(milliseconds: number, signal: AbortSignal, limitOf?: string): Promise<void>;
  };
  /** A random number from 0 to below 1. */
  readonly random: () => number;
  /** Calls a service as the user of the run. @throws the reason of the signal when it aborts */
  call(call: StepCall, signal: AbortSignal): Promise<CallResult>;
  /**
   * Tells if a call that changes something sends its idempotency key, so that it may be repeated.
   * Absent: none does.
   */
  readonly sendsKey?: (call: StepCall) => Promise<boolean>;
  readonly children: {
    /**
     * Starts a run of another workflow, once per key. @throws StepFailure if it cannot start
     * @returns id of the run
     */
    start(child: {
      readonly key: string;
      readonly workflowId: string;
      readonly inputs: Readonly<Record<string, unknown>>;
      /** `false`: the step does not wait for the end of the run. */
      readonly isAwaited: boolean;
    }): Promise<{
      readonly runId: string;
      readonly workflowId: string;
      readonly startedAt: string;
    }>;
    state(runId: string): Promise<ChildState>;
    /** Ends a run whose step no longer waits for it. */
    cancel(runId: string): Promise<void>;
  };
  /** Receives the message of a `console` step. */
  log(message: unknown, step: string): void;
}
