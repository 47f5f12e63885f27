import type { Mutation } from './protocol.ts';
import type { RoundScript } from './round_script.ts';

/** The cluster of a run. */
export interface ElasticsearchSettings {
  /** Number of nodes of the cluster that is started. */
  readonly nodes: number;
  /**
   * URLs of the nodes of a running cluster, of which none is killed. `undefined`: a cluster is
   * started.
   */
  readonly urls: readonly string[] | undefined;
}

/**
 * Settings of a run. The same settings give the same plan, but the interleaving depends on the
 * machine.
 */
export interface ChaosSettings {
  readonly seed: number;
  readonly rounds: number;
  readonly store: 'sqlite' | 'elasticsearch';
  /** Cluster, if `store` is `elasticsearch`. Default: one node, started for this run. */
  readonly elasticsearch?: ElasticsearchSettings | undefined;
  /**
   * `true`: workers are whole servers, and callers use HTTP. Default: workers only load the
   * capability.
   */
  readonly wholeServer?: boolean | undefined;
  readonly processes: number;
  /** Number of callers of one round, over all processes. */
  readonly callers: number;
  /** The disabled safeguard. `undefined`: none. */
  readonly mutation: Mutation | undefined;
  /** Number of the first round to run, for replays. It counts from 1. */
  readonly fromRound: number;
  /** Scripts to run, in this order, instead of those derived from the seed. */
  readonly scripts?: readonly RoundScript[] | undefined;
  /** Milliseconds after which no further round starts. `undefined`: all rounds are run. */
  readonly stopAfterMs?: number | undefined;
}
