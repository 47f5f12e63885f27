import type { JsonSchema } from '../schema/json_schema.ts';
import type { StepType } from '../steps/step_type.ts';
import type { TemplateLimits } from '../templates/template_engine.ts';

/** A workflow in the form that a run reads: numbers instead of texts, defaults filled in. */
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
  /** JSON Schema of the outputs; absent: the workflow declares none. */
  readonly outputs?: JsonSchema;
  readonly settings: ProgramSettings;
  readonly steps: readonly ProgramStep[];
}

/** `settings` of a workflow. Durations in milliseconds. */
export interface ProgramSettings {
  /** Absent: a run has no time limit. */
  readonly timeoutMs?: number;
  /** IANA name. */
  readonly timezone: string;
  readonly liquid: TemplateLimits;
  /** Behavior of a step whose user has not authorized the connector. */
  readonly onUnauthorized: 'wait' | 'fail';
  readonly unauthorizedTimeoutMs: number;
  /** Absent: any number of runs at the same time. */
  readonly concurrency?: ConcurrencyPolicy;
}

/** `concurrency` of `settings`. */
export interface ConcurrencyPolicy {
  /** Template of the name of the group. Absent: all runs of the workflow are one group. */
  readonly key?: string;
  /**
   * Behavior of a run whose group is full: it is skipped, it cancels the oldest run, or it waits.
   */
  readonly strategy: 'drop' | 'cancel-in-progress' | 'queue';
  /** Maximum number of runs of one group at the same time. */
  readonly max: number;
  /** Maximum number of waiting runs of one group, with `queue`. */
  readonly queueSize: number;
  readonly queueTtlMs: number;
}

/** `retry` of `on-failure`. */
export interface RetryPolicy {
  /** Number of repetitions after the first execution. */
  readonly maxAttempts: number;
  /** Absent: every failure is retried. */
  readonly condition?: unknown;
  readonly strategy: 'fixed' | 'exponential';
  readonly delayMs: number;
  /** Factor by which each pause is longer than the one before, with `exponential`. */
  readonly multiplier: number;
  readonly maxDelayMs?: number;
  readonly hasJitter: boolean;
}

/** `on-failure` of a step: continue( fallback( retry( step ) ) ). */
export interface FailurePolicy {
  readonly retry?: RetryPolicy;
  readonly fallback: readonly ProgramStep[];
  /** A text is a template or condition that is evaluated at the failure. */
  readonly continue: boolean | string;
}

/** Limits of a loop. */
export interface LoopLimits {
  readonly maxIterations: number;
  readonly onLimit: 'continue' | 'fail';
  readonly iterationTimeoutMs?: number;
  readonly iterationOnFailure?: FailurePolicy;
}

/** A branch of `parallel` that has a name. */
export interface ProgramBranch {
  readonly name: string;
  readonly steps: readonly ProgramStep[];
}

/** The kind of a step, with the settings of that kind. */
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
      /** Either named branches, or steps for each member of `items`. */
      readonly branches:
        | readonly ProgramBranch[]
        | { readonly items: unknown; readonly steps: readonly ProgramStep[] };
      readonly concurrency: number;
      /** A branch that waits keeps its place among the `concurrency` running ones. */
      readonly countsWaiting: boolean;
      /** Text, may be a template: `fail-fast` or `settled`. */
      readonly mode: string;
      readonly branchTimeoutMs?: number;
    }
  | { readonly kind: 'wait' }
  | { readonly kind: 'human'; readonly form: 'input' | 'approval' }
  | { readonly kind: 'child'; readonly isAwaited: boolean }
  | { readonly kind: 'end'; readonly status: 'completed' | 'cancelled' | 'failed' }
  | { readonly kind: 'data' }
  | { readonly kind: 'call' };

/** One step. */
export interface ProgramStep {
  readonly name: string;
  /** Current name of the type, also if the document has an old one. */
  readonly type: string;
  readonly stepType: StepType;
  /** The step as in the document, with its templates. */
  readonly keys: Readonly<Record<string, unknown>>;
  /** `if` of the step. Absent: it always runs. */
  readonly condition?: unknown;
  /** A duration or a template of one. Absent: no limit of its own. */
  readonly timeout?: string;
  /** Step-level `foreach`. Absent: the step runs once. */
  readonly each?: unknown;
  /** Own `on-failure`, else that of `settings` if it applies. */
  readonly onFailure?: FailurePolicy;
  /** Maximum size of the output as JSON, in bytes. */
  readonly maxOutputBytes: number;
  /** Absent: decided by the effect of the call. */
  readonly onInterrupted?: 'retry' | 'fail';
  readonly body: StepBody;
}
