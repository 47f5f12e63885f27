import { expect, it } from 'vitest';
import { sliceOf } from './check/check_history.ts';
import { type ChaosResult, runChaos } from './harness/run_chaos.ts';
import type { ChaosSettings } from './plan/chaos_settings.ts';
import { MUTATIONS } from './plan/protocol.ts';
import { REVOCATION_BEHIND_NEW_GRANT, SAFEGUARD_SCRIPTS } from './plan/safeguard_scripts.ts';

/** Milliseconds after which no further round begins. */
const BURSTS_MS = 15_000;
const TRIES = 6;
/**
 * Maximum number of runs of a test that disables a safeguard. On a busy machine a run may miss the
 * race that its script provokes. No other test of this file is repeated.
 */
const RUNS_WITHOUT_SAFEGUARD = 3;

/** The store of a test. */
export type ChaosStore = Pick<ChaosSettings, 'store' | 'elasticsearch'>;

/**
 * Registers tests of refreshes and revocations in several processes under faults.
 * @param seeds seeds of the runs with random faults
 */
export function itHoldsTheInvariants(where: ChaosStore, seeds: readonly number[]): void {
  it.each(seeds)('all seven invariants hold with seed %d', async (seed) => {
    const bursts = { seed, rounds: 10, processes: 3, stopAfterMs: BURSTS_MS };
    const result = await runChaos(settings(where, bursts));
    expect(describeFailure(result)).toBe('');
    expect(result.rounds).toBeGreaterThan(0);
    expect(result.refreshes).toBeGreaterThan(0);
  });

  it('all seven invariants hold in the rounds that need a safeguard', async () => {
    const scripts = MUTATIONS.map((mutation) => SAFEGUARD_SCRIPTS[mutation]);
    const result = await runChaos(settings(where, { rounds: scripts.length, scripts }));
    expect(describeFailure(result)).toBe('');
    expect(result.rounds).toBeGreaterThanOrEqual(scripts.length);
  });

  it.each(MUTATIONS)(
    'an invariant is violated when the %s safeguard is disabled',
    async (mutation) => {
      const scripts = Array.from({ length: TRIES }, () => SAFEGUARD_SCRIPTS[mutation]);
      let found: ChaosResult['failure'];
      for (let run = 0; run < RUNS_WITHOUT_SAFEGUARD && found === undefined; run += 1) {
        const result = await runChaos(settings(where, { rounds: TRIES, scripts, mutation }));
        found = result.failure;
      }
      expect(found?.violations.length).toBeGreaterThan(0);
    },
  );
}

/**
 * Registers the same tests with whole servers. Two servers take ten seconds to start and a round
 * takes two. On a busy machine only a few rounds are run.
 */
export function itHoldsBetweenServers(where: ChaosStore, seed: number): void {
  it(`all seven invariants hold between whole servers with seed ${seed}`, async () => {
    const bursts = { seed, rounds: 8, callers: 12, stopAfterMs: BURSTS_MS };
    // The seed determines the first round; the seeds of the other rounds derive from it.
    const scripts = [REVOCATION_BEHIND_NEW_GRANT];
    const result = await runChaos(settings(where, { ...bursts, scripts, wholeServer: true }));
    expect(describeFailure(result)).toBe('');
    expect(result.rounds).toBeGreaterThan(0);
    expect(result.refreshes).toBeGreaterThan(0);
  });
}

const settings = (where: ChaosStore, over: Partial<ChaosSettings>): ChaosSettings => ({
  seed: 1,
  rounds: 1,
  fromRound: 1,
  processes: 2,
  callers: 24,
  mutation: undefined,
  ...where,
  ...over,
});

/** Describes a failure: the violated invariant and the history around it. */
function describeFailure({ failure }: ChaosResult): string {
  if (failure === undefined) return '';
  return failure.violations
    .flatMap((violation) => [
      `Invariant ${violation.invariant} in round ${failure.round}: ${violation.sentence}`,
      ...sliceOf(failure.history, violation, 40),
    ])
    .join('\n');
}
