import type { PatternMatcher } from '../data_steps/pattern_matcher.ts';
import type { StepError } from '../failures/step_failure.ts';
import type { TemplateRenderer } from '../templates/template_renderer.ts';
import type { CallTimings, RunJournal, ScopeFrame } from './run_journal.ts';

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
  /** Rendered value of `with`. */
  readonly input: Readonly<Record<string, unknown>>;
  /**
   * Identifies the call. It is the same when the call is repeated after a crash, and different for
   * every other call.
   */
  readonly idempotencyKey: string;
  /** Maximum size of the output as JSON, in bytes. */
  readonly maxOutputBytes: number;
  /**
   * Milliseconds until the shortest time limit around the step ends, when the call begins. Absent:
   * there is no limit.
   */
  readonly timeoutMs?: number;
}

/**
 * Result of a call. `unauthorized`: the user of the run must authorize the connector first; nothing
 * was sent.
 */
export type CallResult =
  | { readonly kind: 'completed'; readonly output: unknown; readonly timings?: CallTimings }
  | {
      readonly kind: 'failed';
      readonly error: StepError;
      readonly timings?: CallTimings;
      /** Instant before which a retry is useless, as the service says. Absent: unknown. */
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

/** Functions and limits that a run needs from its environment. */
export interface RunPorts {
  readonly journal: RunJournal;
  /** Maximum number of executed steps, iterations and repetitions. Default: 100,000. */
  readonly maxSteps?: number;
  /** Maximum characters of all records as JSON. Default: 100 million. */
  readonly maxRecordCharacters?: number;
  /**
   * Called with the characters of each record that the run keeps in memory, including records of
   * earlier executions. Absent: only the limit of the run itself applies.
   * @throws RunLimitReached
   */
  readonly holdRecords?: (characters: number) => void;
  /**
   * Called before each step, iteration and repetition, when no call of its branch is in progress.
   * If it throws, the run is interrupted: no further step begins, the results of calls in progress
   * are recorded, and the execution ends with this error. The run can be continued later.
   * @throws after it has thrown once, the same error at each call
   */
  readonly beginTurn?: () => void;
  readonly patterns: PatternMatcher;
  readonly templates: TemplateRenderer;
  /**
   * `true`: even short texts are rendered by `templates`, because a process has ended during this
   * run, perhaps at a template. Default: false.
   */
  readonly isNeverDirect?: boolean;
  readonly clock: {
    /** Current time in milliseconds since 1970. */
    now(): number;
    /**
     * @param limitOf key of the part of the run whose time limit passes meanwhile. Absent: the run
     * itself waits.
     * @throws the reason of the signal when it aborts
     */
    sleep(milliseconds: number, signal: AbortSignal, limitOf?: string): Promise<void>;
  };
  /** Returns a random number from 0 (inclusive) to 1 (exclusive). */
  readonly random: () => number;
  /**
   * Calls a service as the user of the run.
   * @throws the reason of the signal when it is aborted
   */
  call(call: StepCall, signal: AbortSignal): Promise<CallResult>;
  /**
   * Returns `true` if a call that changes something sends its idempotency key, so that it may be
   * repeated. Absent: none does.
   */
  readonly sendsKey?: (call: StepCall) => Promise<boolean>;
  readonly children: {
    /**
     * Starts a run of another workflow. Repeated calls with the same key start one run.
     * @returns id of the run
     * @throws StepFailure if the run cannot be started
     */
    start(child: {
      readonly key: string;
      readonly workflowId: string;
      readonly inputs: Readonly<Record<string, unknown>>;
      /** `false`: the step does not wait for the end of the child run. */
      readonly isAwaited: boolean;
    }): Promise<{
      readonly runId: string;
      readonly workflowId: string;
      readonly startedAt: string;
    }>;
    state(runId: string): Promise<ChildState>;
    /** Cancels a child run for which the step no longer waits. */
    cancel(runId: string): Promise<void>;
  };
  /** Receives the message of a `console` step. */
  log(message: unknown, step: string): void;
}
