import { describe, expect, it } from 'vitest';
import type { ChaosSettings } from '../plan/chaos_settings.ts';
import type { ChaosFailure } from './chaos_run.ts';
import type { ChaosResult } from './run_chaos.ts';
import { type Combination, runSeeds, totalsOf } from './run_seeds.ts';

const COMBINATIONS: readonly Combination[] = [
  { store: 'sqlite', wholeServer: false },
  { store: 'elasticsearch', wholeServer: true },
];

const settingsOf = ({ store, wholeServer }: Combination, seed: number): ChaosSettings => ({
  seed,
  store,
  wholeServer,
  rounds: 10,
  fromRound: 1,
  processes: 2,
  callers: 10,
  mutation: undefined,
});

const aResult = (over: Partial<ChaosResult> = {}): ChaosResult => ({
  rounds: 10,
  bursts: 20,
  calls: 100,
  tokenRequests: 40,
  refreshes: 30,
  responses: {},
  injections: {},
  tookMs: 1_000,
  undecided: [],
  failure: undefined,
  ...over,
});
const aFailure: ChaosFailure = { round: 3, violations: [], history: [], folder: '' };

/**
 * Creates a `play` function whose runs advance the clock by one second each. Nothing else advances
 * it.
 */
function aPlayer(resultOf: (settings: ChaosSettings) => ChaosResult = () => aResult()) {
  let nowMs = 0;
  const played: ChaosSettings[] = [];
  return {
    played,
    now: () => nowMs,
    play: async (settings: ChaosSettings) => {
      played.push(settings);
      nowMs += 1_000;
      return resultOf(settings);
    },
  };
}

describe('a run of several seeds', () => {
  it('runs each seed with every combination before the next seed', async () => {
    const player = aPlayer();
    const runs = await runSeeds({
      seeds: [7, 8],
      combinations: COMBINATIONS,
      settingsOf,
      ...player,
    });
    expect(player.played.map(({ seed, store }) => `${seed} ${store}`)).toEqual([
      '7 sqlite',
      '7 elasticsearch',
      '8 sqlite',
      '8 elasticsearch',
    ]);
    expect(totalsOf(runs)).toMatchObject({ seeds: 4, rounds: 40, bursts: 80, violated: 0 });
  });

  it('continues after a violation and after an aborted run, and counts them', async () => {
    const player = aPlayer(({ seed }) => {
      if (seed === 8) throw new Error('no memory');
      return seed === 7 ? aResult({ failure: aFailure, rounds: 3 }) : aResult({ undecided: [4] });
    });
    const combinations = COMBINATIONS.slice(0, 1);
    const runs = await runSeeds({ seeds: [7, 8, 9], combinations, settingsOf, ...player });
    expect(totalsOf(runs)).toMatchObject({
      seeds: 2,
      rounds: 13,
      violated: 1,
      undecided: 1,
      brokenOff: 1,
    });
  });

  it('limits the last run to the remaining time, and starts none after the time is over', async () => {
    const player = aPlayer();
    const request = { seeds: [7, 8], combinations: COMBINATIONS, settingsOf, stopAfterMs: 2_500 };
    const runs = await runSeeds({ ...request, ...player });
    expect(runs).toHaveLength(3);
    expect(player.played.map(({ stopAfterMs }) => stopAfterMs)).toEqual([2_500, 1_500, 500]);
  });

  it('starts no further run once it is aborted', async () => {
    const player = aPlayer();
    const interruption = new AbortController();
    const runs = await runSeeds({
      seeds: [7, 8],
      combinations: COMBINATIONS,
      settingsOf,
      signal: interruption.signal,
      onRun: () => interruption.abort(),
      ...player,
    });
    expect(runs).toHaveLength(1);
  });
});
