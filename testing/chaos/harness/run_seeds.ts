import type { ChaosSettings } from '../plan/chaos_settings.ts';
import { type ChaosResult, runChaos } from './run_chaos.ts';

/** A store, and whether the workers are whole servers. */
export type Combination = Pick<ChaosSettings, 'store'> & { readonly wholeServer: boolean };

/** The run of one seed with one combination. */
export interface SeedRun {
  readonly combination: Combination;
  readonly seed: number;
  readonly outcome:
    | { readonly type: 'finished'; readonly result: ChaosResult }
    /** An error aborted the run. This proves nothing about the invariants. */
    | { readonly type: 'broken_off'; readonly error: unknown };
}

/** Totals of the runs of one combination, or of all. */
export interface SeedTotals {
  readonly seeds: number;
  readonly rounds: number;
  readonly bursts: number;
  readonly refreshes: number;
  readonly calls: number;
  readonly tookMs: number;
  readonly violated: number;
  readonly undecided: number;
  readonly brokenOff: number;
}

/** Input of {@link runSeeds}. */
export interface SeedsRequest {
  readonly seeds: readonly number[];
  readonly combinations: readonly Combination[];
  readonly settingsOf: (combination: Combination, seed: number) => ChaosSettings;
  /** Milliseconds after which no further round starts. */
  readonly stopAfterMs?: number | undefined;
  /** Signal after which no further round starts. */
  readonly signal?: AbortSignal;
  readonly onRun?: (run: SeedRun) => void;
  /** Function that runs one seed. Default: {@link runChaos}. */
  readonly play?: typeof runChaos;
  /** Returns milliseconds. Default: the machine's monotonic clock. */
  readonly now?: () => number;
}

/**
 * Runs every seed with every combination, one run after the other. A violation ends only its own
 * run. Each seed is run with all combinations before the next seed, so that a series that is cut
 * short has covered each combination.
 */
export async function runSeeds(request: SeedsRequest): Promise<readonly SeedRun[]> {
  const { seeds, combinations, settingsOf, signal, onRun, play = runChaos } = request;
  const { now = () => performance.now(), stopAfterMs = Number.POSITIVE_INFINITY } = request;
  const endAt = now() + stopAfterMs;
  const runs: SeedRun[] = [];
  for (const seed of seeds) {
    for (const combination of combinations) {
      const leftMs = endAt - now();
      if (leftMs <= 0 || signal?.aborted) return runs;
      const settings = settingsOf(combination, seed);
      const limited =
        leftMs === Number.POSITIVE_INFINITY ? settings : { ...settings, stopAfterMs: leftMs };
      const run = { combination, seed, outcome: await outcomeOf(play, limited, signal) };
      runs.push(run);
      onRun?.(run);
    }
  }
  return runs;
}

async function outcomeOf(
  play: typeof runChaos,
  settings: ChaosSettings,
  signal: AbortSignal | undefined,
): Promise<SeedRun['outcome']> {
  try {
    const result = await play(settings, signal === undefined ? {} : { signal });
    return { type: 'finished', result };
  } catch (error) {
    return { type: 'broken_off', error };
  }
}

export function totalsOf(runs: readonly SeedRun[]): SeedTotals {
  const results = runs.flatMap(({ outcome }) =>
    outcome.type === 'finished' ? [outcome.result] : [],
  );
  const sum = (count: (result: ChaosResult) => number): number =>
    results.reduce((total, result) => total + count(result), 0);
  return {
    seeds: results.length,
    rounds: sum(({ rounds }) => rounds),
    bursts: sum(({ bursts }) => bursts),
    refreshes: sum(({ refreshes }) => refreshes),
    calls: sum(({ calls }) => calls),
    tookMs: sum(({ tookMs }) => tookMs),
    violated: results.filter(({ failure }) => failure !== undefined).length,
    undecided: sum(({ undecided }) => undecided.length),
    brokenOff: runs.length - results.length,
  };
}
