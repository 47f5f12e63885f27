import type { OpenStep } from './run_journal.ts';

/** Reason why a run cannot continue now. The run leaves memory until one of its waits has ended. */
export type RunWait = {
  /** Key of the waiting step. */
  readonly stepKey: string;
  /** Instant (milliseconds since 1970) at which the run continues in any case. Absent: never. */
  readonly wakeAt?: number;
} & (
  | { readonly kind: 'time' }
  | {
      readonly kind: 'input';
      /**
       * JSON Schema of the response, as the workflow declares it. Absent: any value is accepted.
       */
      readonly schema?: unknown;
      /** Rendered question of the step. Absent: the step has none. */
      readonly message?: string;
      readonly approveLabel?: string;
      readonly rejectLabel?: string;
    }
  | { readonly kind: 'child'; readonly runId: string }
  | {
      readonly kind: 'authorization';
      readonly connectorId: string;
      readonly connectorName?: string;
      /** Start of the call that failed, in milliseconds since 1970. */
      readonly since: number;
      /** First response, in milliseconds since 1970, that said that an authorization is needed. */
      readonly firstAt: number;
      /** Number of earlier waits of this attempt of the step for an authorization. */
      readonly earlierWaits: number;
      /** Member `reason` in the details of the error of the call. Absent: the error has none. */
      readonly reason?: string;
    }
);

/** Thrown through the steps of a run when the run has to wait and leave memory. */
export class StepsWait extends Error {
  readonly waits: readonly RunWait[];
  /** The steps that wait. A wait before the next attempt of a step has no step. */
  readonly steps: readonly OpenStep[];

  /** @param waits at least one */
  constructor(waits: readonly RunWait[], steps: readonly OpenStep[] = []) {
    super('The run waits.');
    this.waits = waits;
    this.steps = steps;
  }
}

/**
 * Reason with which a signal is aborted when the time of a step, branch, iteration or run has
 * passed.
 */
export class TimeLimitReached extends Error {
  /** Key of the part of the run that has the limit. */
  readonly key: string;
  /** Output that the part keeps although its time has passed. `undefined`: it has none. */
  output?: unknown;

  constructor(key: string) {
    super('The time limit was reached.');
    this.key = key;
  }
}

/** Reason with which a signal is aborted when a user cancels the run. */
export class RunCancelled extends Error {
  constructor() {
    super('The run was cancelled.');
  }
}

/** Reason with which a signal is aborted when another branch has ended the run. */
export class RunEndedElsewhere extends Error {
  constructor() {
    super('Another branch ended the run.');
  }
}

/**
 * Thrown when a run has executed too many steps or recorded too much. No `on-failure` continues the
 * run.
 */
export class RunLimitReached extends Error {
  readonly type: 'StepLimitReached' | 'RecordLimitReached' | 'MemoryLimitReached';

  constructor(type: RunLimitReached['type'], message: string) {
    super(message);
    this.type = type;
  }
}
