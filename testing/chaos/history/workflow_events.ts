/** A step of a run as a server shows it after quiescence. */
export interface SeenStep {
  /** Name of the step. */
  readonly step: string;
  /** Index of the iteration; absent: not in a loop. */
  readonly item?: number;
  readonly status: string;
  readonly errorType?: string;
}

/** Events of runs of workflows. They are a part of the history, see `events.ts`. */
export type WorkflowEvent =
  // Recorded by the harness.
  | {
      readonly type: 'run_started';
      readonly run: string;
      readonly workflow: string;
      readonly user: string;
      readonly worker: string;
    }
  /** The server did not respond, or refused. The run may exist. */
  | { readonly type: 'run_not_started'; readonly workflow: string; readonly worker: string }
  /** The server has responded that the run ends. */
  | { readonly type: 'run_cancelled'; readonly run: string }
  | {
      readonly type: 'run_final';
      readonly run: string;
      readonly workflow: string;
      readonly user: string;
      /** Status that each server shows. */
      readonly statuses: readonly string[];
      readonly errorType?: string;
      readonly failedStep?: string;
      readonly steps: readonly SeenStep[];
      /** Owners of accounts in the output and in the outputs of steps. */
      readonly owners: readonly string[];
      /** Another user can read an input or an output. */
      readonly isShownToOthers: boolean;
    }
  // Recorded by the service that steps call.
  | {
      readonly type: 'service_request';
      readonly request: string;
      readonly worker: string;
      readonly method: string;
      readonly run: string;
      readonly step: string;
      /** Index of the iteration; empty: not in a loop. */
      readonly item: string;
      /** User whose token was sent; absent: the step sends none. */
      readonly owner?: string;
    }
  /** `isAborted`: the caller closed the connection before the response. */
  | {
      readonly type: 'service_response';
      readonly request: string;
      readonly status: number;
      readonly isAborted: boolean;
    }
  // Recorded by the workers.
  /** The process has verified that it owns the run, right before it calls a service. */
  | { readonly type: 'call_checked'; readonly worker: string; readonly run: string }
  | {
      readonly type: 'entry_written';
      readonly worker: string;
      readonly run: string;
      readonly seq: number;
      readonly epoch: number;
      /** Steps with a result in the entry, as `step item`. */
      readonly results: readonly string[];
      readonly sentAt: number;
    }
  | {
      readonly type: 'run_written';
      readonly worker: string;
      readonly run: string;
      readonly epoch: number;
      readonly status: string;
      /** The write takes the run over from another process, or out of a wait. */
      readonly isTaken: boolean;
      readonly results: readonly string[];
      readonly sentAt: number;
    };
