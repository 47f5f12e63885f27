import type { ChaosSettings } from './chaos_settings.ts';
import type { WorkflowMutation, WorkflowTimings } from './workflow_protocol.ts';
import type { WorkflowScript } from './workflow_script.ts';

/** Settings of a run with workflows. The same settings give the same plan. */
export interface WorkflowChaosSettings
  extends Pick<
    ChaosSettings,
    'seed' | 'rounds' | 'store' | 'elasticsearch' | 'processes' | 'fromRound' | 'stopAfterMs'
  > {
  /** Runs of one round, over all processes. */
  readonly runs: number;
  /** Kills of one round, one after the other. 0: rounds with other faults. */
  readonly kills: number;
  /** In turn a process stopped for 60 s, a store unavailable for 30 s, a clock 10 minutes wrong. */
  readonly hasLongFaults?: boolean | undefined;
  /** Durations of the processes. Times of stops and outages are multiples of the lease. */
  readonly timings: WorkflowTimings;
  /** The disabled safeguard; `undefined`: none. */
  readonly mutation: WorkflowMutation | undefined;
  /** Plays these scripts in order instead of those derived from the seed. */
  readonly scripts?: readonly WorkflowScript[] | undefined;
}
