import type { RoundScript } from './harness/round_script.ts';
import type { Mutation } from './mutation.ts';

/** One run. The same settings give the same plan; the interleaving is the machine's. */
export interface ChaosSettings {
  readonly seed: number;
  readonly rounds: number;
  readonly store: 'sqlite' | 'elasticsearch';
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

/** A caller gives up after this long. */
export const CALL_DEADLINE_MS = 6_000;
/** What busy machines add to a deadline before the checker calls it broken. */
export const DEADLINE_SLACK_MS = 2_500;

/** Everything the provider issues and every secret starts with this, so that a leak is found by one search. */
export const CANARY = 'canary0';
