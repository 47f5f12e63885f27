import type { RunStatus } from '../run_status/index.ts';

/** Error of a run or of a step. */
export interface RunError {
  /** Kind of the error, such as `ConnectorExecutionError`. */
  readonly type: string;
  /** Text of the server. For other users than that of the run, it says nothing about the cause. */
  readonly message: string;
  readonly details?: Readonly<Record<string, unknown>> | undefined;
}

/** A run as lists have it. */
export interface ListedRun {
  readonly id: string;
  /** Absent: the workflow was not stored. */
  readonly workflowId?: string | undefined;
  readonly workflowName: string;
  readonly status: RunStatus;
  readonly isTestRun: boolean;
  /** `true`: no request left the server. */
  readonly isDryRun?: boolean | undefined;
  /** `manual`, `scheduled`, or the kind of another trigger. */
  readonly triggeredBy: string;
  /** Username. */
  readonly executedBy: string;
  /** ISO instants. */
  readonly createdAt: string;
  readonly finishedAt?: string | undefined;
  readonly error?: RunError | undefined;
  /** Id of the run that this one repeats. */
  readonly retryOf?: string | undefined;
  /** Id of the run whose step started this one. */
  readonly parentExecutionId?: string | undefined;
}

/** A loop iteration, branch, repetition or fallback in which a step ran. */
export interface ScopeFrame {
  /** Name of the step that opens the scope. */
  readonly step: string;
  /**
   * `iteration`, `branch`, `attempt`, `fallback`, `then`, `else`, `case`, `default`, or a kind of a
   * newer server.
   */
  readonly kind: string;
  /** From 0. */
  readonly index: number;
}

/** A step that has ended, or that has begun and not ended. */
export interface StepRun {
  readonly id: string;
  readonly stepId: string;
  readonly stepType: string;
  readonly status: Exclude<RunStatus, 'pending' | 'queued'>;
  /** From the outermost scope to the innermost. */
  readonly scopeStack: readonly ScopeFrame[];
  /** ISO instants. */
  readonly startedAt: string;
  /** Absent: it has not ended. */
  readonly finishedAt?: string | undefined;
  readonly error?: RunError | undefined;
  /** The step with whose failure this one failed. Absent: it failed by itself. */
  readonly failedStepId?: string | undefined;
}

/** A step that runs or waits now. */
interface CurrentStep {
  readonly stepId: string;
  readonly stepType: string;
  /** ISO instant. */
  readonly startedAt: string;
}

/** Why a run waits. */
export interface RunWait {
  readonly kind: 'time' | 'input' | 'child' | 'authorization';
  readonly stepExecutionId: string;
  /** ISO instant at which the run continues in any case. */
  readonly until?: string | undefined;
  readonly connectorId?: string | undefined;
  readonly connectorName?: string | undefined;
  /** Question of the step. */
  readonly message?: string | undefined;
  /** JSON Schema of the response. */
  readonly schema?: unknown;
  readonly approveLabel?: string | undefined;
  readonly rejectLabel?: string | undefined;
}

/** One entry of the log of a run. */
export interface RunLogLine {
  /** ISO instant. */
  readonly timestamp: string;
  readonly level: 'info' | 'error';
  readonly stepId: string;
  readonly status: 'completed' | 'failed' | 'skipped';
  /** Message of a `console` step, or of an error. Absent: there is none, or not for this user. */
  readonly text?: string | undefined;
}

/** A run with its steps. */
export interface RunDetails extends ListedRun {
  /** Absent: the user may not see it, or it was not asked for. */
  readonly input?: unknown;
  readonly output?: unknown;
  /** `false`: the user does not see inputs, outputs and messages of errors. */
  readonly isReadable: boolean;
  /** The other user who chose what the run asks its user. Absent: nobody, or not known. */
  readonly savedBy?: string | undefined;
  readonly waits: readonly RunWait[];
  readonly stepExecutions: readonly StepRun[];
  readonly currentSteps: readonly CurrentStep[];
  /** Number of steps that are not in the response. */
  readonly stepExecutionsTruncatedCount: number;
}

/** Time from the start of a run or step to its end, or to `now`, in milliseconds. */
export function elapsedMs(from: string, until: string | undefined, now: number): number {
  const end = until === undefined ? now : Date.parse(until);
  return Math.max(0, end - Date.parse(from));
}
