import type { Mutation } from './protocol.ts';
import type { RoundScript } from './round_script.ts';

/** The cluster of a run. */
export interface ElasticsearchSettings {
  /** Number of nodes of the cluster that is started. */
  readonly nodes: number;
  /** URLs of the nodes of a running cluster, of which none is killed; `undefined`: start one. */
  readonly urls: readonly string[] | undefined;
}

/**
 * Settings of a run. The same settings give the same plan; the interleaving depends on the machine.
 */
export interface ChaosSettings {
  readonly seed: number;
  readonly rounds: number;
  readonly store: 'sqlite' | 'elasticsearch';
  /** For `elasticsearch`. Default: one node, started for this run. */
  readonly elasticsearch?: ElasticsearchSettings | undefined;
  /** Workers are whole servers, and callers use HTTP. Default: the capability without a server. */
  readonly wholeServer?: boolean | undefined;
  readonly processes: number;
  /** Callers of one round, over all processes. */
  readonly callers: number;
  /** The disabled safeguard; `undefined`: none. */
  readonly mutation: Mutation | undefined;
  /** The first round to run, for replays. Counts from 1. */
  readonly fromRound: number;
  /** Plays these scripts in order instead of those derived from the seed. */
  readonly scripts?: readonly RoundScript[] | undefined;
  /** Ends the run after this many milliseconds, between rounds. `undefined`: after all rounds. */
  readonly stopAfterMs?: number | undefined;
}
