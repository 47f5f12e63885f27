import type { ChaosSettings } from './chaos_settings.ts';
import type { WorkflowMutation, WorkflowTimings } from './workflow_protocol.ts';
import type { WorkflowScript } from './workflow_script.ts';

/** Settings of a run with workflows. The same settings give the same plan. */
export interface WorkflowChaosSettings
  extends Pick<
    ChaosSettings,
    'seed' | 'rounds' | 'store' | 'elasticsearch' | 'processes' | 'fromRound' | 'stopAfterMs'
  > {
  /** Number of runs of one round, over all processes. */
  readonly runs: number;
  /** Number of kills of one round, one after the other. 0: rounds have other faults. */
  readonly kills: number;
  /**
   * `true`: one long fault in each round. In turn, a process is stopped for 60 s, a store is
   * unavailable for 30 s, or a clock is 10 minutes wrong.
   */
  readonly hasLongFaults?: boolean | undefined;
  /** Durations of the processes. Stops and outages last multiples of the lease. */
  readonly timings: WorkflowTimings;
  /** The disabled safeguard. `undefined`: none. */
  readonly mutation: WorkflowMutation | undefined;
  /** Scripts to run, in this order, instead of those derived from the seed. */
  readonly scripts?: readonly WorkflowScript[] | undefined;
}
