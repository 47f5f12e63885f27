import type { JsonSchema } from '../schema/json_schema.ts';
import type { StepType } from '../steps/step_type.ts';
import type { TemplateLimits } from '../templates/template_engine.ts';

/**
 * A workflow in the form in which it is executed: with numbers instead of texts, and with defaults.
 */
export interface WorkflowProgram {
  readonly name: string;
  readonly consts: Readonly<Record<string, unknown>>;
  /** JSON Schema of the inputs of a run by hand; absent: the workflow takes none. */
  readonly inputs?: JsonSchema;
  /**
   * JSON Schema of the inputs of runs that schedules and events start, by the type of their
   * trigger. Undefined: they take none.
   */
  readonly triggerInputs: Readonly<Record<string, JsonSchema | undefined>>;
  /** JSON Schema of the outputs. Absent: the workflow declares none. */
  readonly outputs?: JsonSchema;
  readonly settings: ProgramSettings;
  /** `id` of steps that have one, by their name. */
  readonly stepIds: ReadonlyMap<string, string>;
  readonly steps: readonly ProgramStep[];
}

/** `settings` of a workflow. Durations are in milliseconds. */
export interface ProgramSettings {
  /** Time limit of a run. Absent: none. */
  readonly timeoutMs?: number;
  /** IANA name of the time zone. */
  readonly timezone: string;
  readonly liquid: TemplateLimits;
  /** Behavior of a step whose user has not authorized the connector. */
  readonly onUnauthorized: 'wait' | 'fail';
  readonly unauthorizedTimeoutMs: number;
  /** Limits of simultaneous runs. Absent: their number is not limited. */
  readonly concurrency?: ConcurrencyPolicy;
}

/** Concurrency settings of a workflow (`settings.concurrency`). */
export interface ConcurrencyPolicy {
  /** Template of the key of the group. Absent: all runs of the workflow are one group. */
  readonly key?: string;
  /**
   * Behavior of a run whose group is full: it is skipped (`drop`), it cancels the oldest run,
   * or it waits (`queue`).
   */
  readonly strategy: 'drop' | 'cancel-in-progress' | 'queue';
  /** Maximum number of active runs of one group. */
  readonly max: number;
  /** Maximum number of waiting runs of one group, with `queue`. */
  readonly queueSize: number;
  readonly queueTtlMs: number;
}

/** Retry policy (`retry` of `on-failure`). */
export interface RetryPolicy {
  /** Number of repetitions after the first execution. */
  readonly maxAttempts: number;
  /** Condition for a retry. Absent: every failure is retried. */
  readonly condition?: unknown;
  readonly strategy: 'fixed' | 'exponential';
  readonly delayMs: number;
  /** With `exponential`: factor from one pause to the next. */
  readonly multiplier: number;
  readonly maxDelayMs?: number;
  readonly hasJitter: boolean;
}

/** `on-failure` of a step. Its parts are nested as continue( fallback( retry( step ) ) ). */
export interface FailurePolicy {
  readonly retry?: RetryPolicy;
  readonly fallback: readonly ProgramStep[];
  /** A string is a template or condition that is evaluated when the step fails. */
  readonly continue: boolean | string;
}

/** Limits of a loop. */
export interface LoopLimits {
  readonly maxIterations: number;
  readonly onLimit: 'continue' | 'fail';
  readonly iterationTimeoutMs?: number;
  readonly iterationOnFailure?: FailurePolicy;
}

/** A named branch of `parallel`. */
export interface ProgramBranch {
  readonly name: string;
  readonly steps: readonly ProgramStep[];
}

/** The kind of a step, with the settings that only this kind has. */
export type StepBody =
  | {
      readonly kind: 'if';
      readonly test: unknown;
      readonly steps: readonly ProgramStep[];
      readonly otherwise: readonly ProgramStep[];
    }
  | {
      readonly kind: 'switch';
      readonly expression: unknown;
      readonly cases: readonly {
        readonly match: unknown;
        readonly steps: readonly ProgramStep[];
      }[];
      readonly otherwise: readonly ProgramStep[];
    }
  | {
      readonly kind: 'foreach';
      readonly items: unknown;
      readonly limits: LoopLimits;
      readonly steps: readonly ProgramStep[];
    }
  | {
      readonly kind: 'while';
      readonly test: unknown;
      readonly limits: LoopLimits;
      readonly steps: readonly ProgramStep[];
    }
  | { readonly kind: 'break' | 'continue' }
  | {
      readonly kind: 'parallel';
      /** Either the named branches, or the steps that are executed for each member of `items`. */
      readonly branches:
        | readonly ProgramBranch[]
        | { readonly items: unknown; readonly steps: readonly ProgramStep[] };
      readonly concurrency: number;
      /**
       * `true`: a branch that waits still counts as one of the `concurrency` branches at the same
       * time.
       */
      readonly countsWaiting: boolean;
      /** `fail-fast` or `settled`, or a template of one of them. */
      readonly mode: string;
      readonly branchTimeoutMs?: number;
    }
  | { readonly kind: 'wait' }
  | { readonly kind: 'human'; readonly form: 'input' | 'approval' }
  | { readonly kind: 'child'; readonly isAwaited: boolean }
  | { readonly kind: 'end'; readonly status: 'completed' | 'cancelled' | 'failed' }
  | { readonly kind: 'data' }
  | { readonly kind: 'call' };

/** One step of a program. */
export interface ProgramStep {
  readonly name: string;
  /** Current name of the step type, even if the document uses an old name. */
  readonly type: string;
  readonly stepType: StepType;
  /** The keys of the step as in the document. Templates are not rendered. */
  readonly keys: Readonly<Record<string, unknown>>;
  /** Condition of the step (`if`). Absent: the step is always executed. */
  readonly condition?: unknown;
  /** Time limit of the step: a duration or a template of one. Absent: none of its own. */
  readonly timeout?: string;
  /** List of the step-level `foreach`. Absent: the step is executed once. */
  readonly each?: unknown;
  /** Own `on-failure` of the step; if it has none, that of `settings`, if it applies. */
  readonly onFailure?: FailurePolicy;
  /** Maximum size of the output as JSON, in bytes. */
  readonly maxOutputBytes: number;
  /** Behavior after an interrupted call. Absent: the effect of the call decides. */
  readonly onInterrupted?: 'retry' | 'fail';
  readonly body: StepBody;
}
