import type { RunRecord, TestedStep } from '@latchkey/workflow-engine';
import type { RunAttributes } from '../store/run_types.ts';
import type { Attendance } from './personal_connections.ts';

/** The user of a run: its connector steps use the connections of this user. */
interface RunUser {
  readonly username: string;
  readonly profileUid: string;
  /** `null`: no API key was used. Otherwise the run has only the privileges of this API key. */
  readonly apiKeyId: string | null;
}

/** A run that is about to start. */
export interface NewRun {
  /** Id of the run. Default: random. If a run with the id exists, no run is started. */
  readonly id?: string;
  readonly spaceId: string;
  readonly user: RunUser;
  readonly yaml: string;
  /** Id of the workflow. Absent: the YAML is not stored as a workflow. */
  readonly workflowId?: string;
  readonly isTestRun: boolean;
  /** Id of the workflow whose text a test run executes. Absent: the user entered the text. */
  readonly testedWorkflowId?: string;
  /**
   * The only step to execute. Inputs may be missing, because it may not read them. Absent: all
   * steps are executed.
   */
  readonly tested?: TestedStep;
  /** `true`: no request is sent to a service. Default: false. */
  readonly isDryRun?: boolean;
  /** Tells if a user started the run by hand. Absent: its user has. */
  readonly attendance?: Attendance;
  /**
   * Owner of limits that the run counts against (see `countedForOf`). Absent: the user of the run.
   */
  readonly countedFor?: string;
  /** Id of the run that this run repeats. */
  readonly retryOf?: string;
  /** Records with which the run begins. Default: none. */
  readonly records?: readonly RunRecord[];
  readonly inputs: Readonly<Record<string, unknown>>;
  /**
   * `true`: inputs may be missing that the trigger requires, because the run repeats an earlier
   * run, whose trigger may require fewer.
   */
  readonly mayLackInputs?: true;
  readonly metadata?: Readonly<Record<string, unknown>> | undefined;
  /** Type of the trigger. Runs that requests start have `manual`. */
  readonly triggeredBy: string;
  /** Payload of the trigger, which templates read as `event`. Inputs and space are added to it. */
  readonly event?: Readonly<Record<string, unknown>>;
  /** Earlier runs whose events have led to this run. Absent: no event has started it. */
  readonly eventChain?: RunAttributes['eventChain'];
  /** The run whose step starts this run. Absent: no step starts it. */
  readonly parent?: {
    readonly runId: string;
    /** Key of the step. */
    readonly stepKey: string;
    readonly workflowId?: string;
    readonly depth: number;
    readonly isAwaited: boolean;
  };
}
