/**
 * Safeguards of runs of workflows that can be disabled, to test that the harness notices the
 * violations.
 */
export const WORKFLOW_MUTATIONS = [
  'intent',
  'content',
  'fence',
  'cas',
  'lease',
  'ownership',
  'takeover',
  'journal',
  'cancel',
  'privacy',
] as const;
export type WorkflowMutation = (typeof WORKFLOW_MUTATIONS)[number];

/** Points of a run at which a worker can be stopped or killed. */
export const WORKFLOW_POINTS = [
  'run_created',
  'intent_stored',
  'before_check',
  'call_checked',
  'before_result',
  'result_stored',
  'run_taken',
  'before_end',
  'run_parked',
] as const;
export type WorkflowPoint = (typeof WORKFLOW_POINTS)[number];

/** Durations of a run with workflows in milliseconds. */
export interface WorkflowTimings {
  readonly leaseMs: number;
  readonly searchMs: number;
}

/**
 * Default durations. The lease is a twelfth of that of production, so that takeovers take few
 * seconds.
 */
export const WORKFLOW_TIMINGS: WorkflowTimings = workflowTimings(2_500);

/** Returns durations for a lease of this length, in the proportions of production. */
export function workflowTimings(leaseMs: number): WorkflowTimings {
  return { leaseMs, searchMs: leaseMs / 6 };
}

/** Settings of a worker that runs workflows. */
export interface WorkflowWorkerSettings {
  readonly timings: WorkflowTimings;
  readonly mutation: WorkflowMutation | undefined;
  /**
   * `true`: no process can check whether another one is alive, as if each had its own machine. Then
   * a stopped process loses its runs.
   */
  readonly areMachinesSeparate: boolean;
}
