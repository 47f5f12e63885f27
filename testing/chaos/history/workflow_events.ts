/** A step of a run as a server shows it after quiescence. */
export interface SeenStep {
  /** Name of the step. */
  readonly step: string;
  /** Index of the iteration. `undefined`: the step is not in a loop. */
  readonly item?: number;
  readonly status: string;
  readonly errorType?: string;
}

/** Events of runs of workflows. They are a part of the history, see `events.ts`. */
export type WorkflowEvent =
  // These events are recorded by the harness.
  | {
      readonly type: 'run_started';
      readonly run: string;
      readonly workflow: string;
      readonly user: string;
      readonly worker: string;
    }
  /** The server did not respond, or refused the start. The run may exist. */
  | { readonly type: 'run_not_started'; readonly workflow: string; readonly worker: string }
  /** A server has confirmed that the run will end. */
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
      /** Users whose accounts occur in the output and in the outputs of steps. */
      readonly owners: readonly string[];
      /** `true`: another user can read an input or an output. */
      readonly isShownToOthers: boolean;
    }
  // These events are recorded by the service that steps call.
  | {
      readonly type: 'service_request';
      readonly request: string;
      readonly worker: string;
      readonly method: string;
      readonly run: string;
      readonly step: string;
      /** Index of the iteration. Empty: the step is not in a loop. */
      readonly item: string;
      /** Time at which the input was rendered. Empty: the input does not contain it. */
      readonly content: string;
      /** User whose token was sent. `undefined`: the step sends none. */
      readonly owner?: string;
    }
  /** `isAborted`: the caller closed the connection before the response. */
  | {
      readonly type: 'service_response';
      readonly request: string;
      readonly status: number;
      readonly isAborted: boolean;
    }
  // These events are recorded by the workers.
  /** The process has verified that it owns the run, right before it calls a service. */
  | { readonly type: 'call_checked'; readonly worker: string; readonly run: string }
  | {
      readonly type: 'entry_written';
      readonly worker: string;
      readonly run: string;
      readonly seq: number;
      readonly epoch: number;
      /** Steps whose results are in the entry, as `step item`. */
      readonly results: readonly string[];
      readonly sentAt: number;
    }
  | {
      readonly type: 'run_written';
      readonly worker: string;
      readonly run: string;
      readonly epoch: number;
      readonly status: string;
      /** `true`: the write takes the run over from another process, or out of a wait. */
      readonly isTaken: boolean;
      readonly results: readonly string[];
      readonly sentAt: number;
    };
