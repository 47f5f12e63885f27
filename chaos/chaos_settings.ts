import type { RoundScript } from './harness/round_script.ts';
import type { Mutation } from './mutation.ts';

/** The cluster to run on. */
export interface ElasticsearchSettings {
  /** Of the cluster that is started. */
  readonly nodes: number;
  /** URLs of the nodes of a cluster that runs already, which loses none; `undefined`: one is started. */
  readonly urls: readonly string[] | undefined;
}

/** One run. The same settings give the same plan; the interleaving is the machine's. */
export interface ChaosSettings {
  readonly seed: number;
  readonly rounds: number;
  readonly store: 'sqlite' | 'elasticsearch';
  /** For `elasticsearch`. Default: one node, started for this run. */
  readonly elasticsearch?: ElasticsearchSettings | undefined;
  /** Workers are whole servers, and callers speak HTTP to them. Default: the capability by itself. */
  readonly wholeServer?: boolean | undefined;
  readonly processes: number;
  /** Callers of one storm, over all processes. */
  readonly callers: number;
  /** `undefined`: nothing is switched off. */
  readonly mutation: Mutation | undefined;
  /** The first round to run, for replays. From 1. */
  readonly fromRound: number;
  /** Plays these, in order, in place of what the seed gives. */
  readonly scripts?: readonly RoundScript[] | undefined;
  /** Ends the run after this many milliseconds, between rounds. `undefined`: when all rounds are done. */
  readonly stopAfterMs?: number | undefined;
}

/** Everything the provider issues and every secret starts with this, so that a leak is found by one search. */
export const CANARY = 'canary0';
