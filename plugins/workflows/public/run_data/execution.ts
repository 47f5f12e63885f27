import type { RunStatus } from '../run_status/index.ts';

/** Error of a run or of a step. */
export interface RunError {
  /** Kind of the error, such as `ConnectorExecutionError`. */
  readonly type: string;
  /**
   * Message of the server. For users who may not read the data of the run, it does not tell the
   * cause.
   */
  readonly message: string;
  readonly details?: Readonly<Record<string, unknown>> | undefined;
}

/** A run as responses with lists contain it. */
export interface ListedRun {
  readonly id: string;
  /** Id of the workflow. Absent: the run executed a text that was not stored. */
  readonly workflowId?: string | undefined;
  readonly workflowName: string;
  readonly status: RunStatus;
  readonly isTestRun: boolean;
  /** Name of the only step that the run executes. Absent: it executes all steps. */
  readonly stepId?: string | undefined;
  /** `true`: the run sent no requests to services. */
  readonly isDryRun?: boolean | undefined;
  /** `manual`, `scheduled`, or the kind of another trigger. */
  readonly triggeredBy: string;
  /** Username of the user as whom the run acts. */
  readonly executedBy: string;
  /** ISO instant at which the run was created. */
  readonly createdAt: string;
  readonly finishedAt?: string | undefined;
  /** How long it was queued. Absent: it is queued, or began immediately. */
  readonly queueMetrics?: { readonly startedAt: string; readonly queueDelayMs: number } | undefined;
  readonly error?: RunError | undefined;
  /** Id of the run that this one repeats. */
  readonly retryOf?: string | undefined;
  /** Id of the run whose step started this one. */
  readonly parentExecutionId?: string | undefined;
}

/** A loop iteration, branch, repetition or fallback in which a step ran. */
export interface ScopeFrame {
  /** Name of the step around the scope. */
  readonly step: string;
  /**
   * `iteration`, `branch`, `attempt`, `fallback`, `then`, `else`, `case`, `default`, or a kind of a
   * newer server.
   */
  readonly kind: string;
  /** Index of the iteration, branch or case, from 0. */
  readonly index: number;
}

/** Parts of a call, in milliseconds. */
interface CallTimings {
  /** Until there was a free slot. */
  readonly waitedMs: number;
  readonly tokenMs: number;
  /** Requests to the service. */
  readonly upstreamMs: number;
  /** The rest. */
  readonly overheadMs: number;
}

/** A step that has ended, or that has begun and not ended. */
export interface StepRun {
  readonly id: string;
  readonly stepId: string;
  readonly stepType: string;
  readonly status: Exclude<RunStatus, 'pending' | 'queued'>;
  /** Scopes around the step, from the outermost to the innermost. */
  readonly scopeStack: readonly ScopeFrame[];
  /** ISO instant. */
  readonly startedAt: string;
  /** ISO instant. Absent: the step has not ended. */
  readonly finishedAt?: string | undefined;
  readonly error?: RunError | undefined;
  /** Parts of the last call. Absent: the step called no service. */
  readonly timings?: CallTimings | undefined;
  /** Id of the inner step whose failure made this step fail. Absent: this step failed by itself. */
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
  /** Question of the waiting step to its user. */
  readonly message?: string | undefined;
  /** JSON Schema of the response that the step expects. */
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
  /**
   * Message of a `console` step, or of an error. Absent: there is no message, or this user may not
   * see it.
   */
  readonly text?: string | undefined;
}

/** A run with its steps. */
export interface RunDetails extends ListedRun {
  /** Input of the run. Absent: the user may not see it, or the request did not ask for it. */
  readonly input?: unknown;
  readonly output?: unknown;
  /** `false`: the user does not see inputs, outputs and messages of errors. */
  readonly isReadable: boolean;
  /**
   * Username of the other user who saved the workflow of a waiting run. Absent: the user of the run
   * saved it, or it is not known who did.
   */
  readonly savedBy?: string | undefined;
  readonly waits: readonly RunWait[];
  readonly stepExecutions: readonly StepRun[];
  readonly currentSteps: readonly CurrentStep[];
  /** The step with whose failure the run ended. Absent: it is in `stepExecutions`. */
  readonly failedStepExecution?: StepRun | undefined;
  /** Number of steps that are not in the response. */
  readonly stepExecutionsTruncatedCount: number;
}

/** Milliseconds from the start of a run or step to its end. Without an end: to `now`. */
export function elapsedMs(from: string, until: string | undefined, now: number): number {
  const end = until === undefined ? now : Date.parse(until);
  return Math.max(0, end - Date.parse(from));
}
