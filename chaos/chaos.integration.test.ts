import { describe, expect, it, jest } from '@jest/globals';
import type { ChaosSettings } from './chaos_settings.ts';
import { sliceOf } from './check/check_history.ts';
import { type ChaosResult, runChaos } from './harness/run_chaos.ts';
import { SAFEGUARD_SCRIPTS } from './harness/safeguard_scripts.ts';
import { MUTATIONS } from './mutation.ts';

const settings = (over: Partial<ChaosSettings>): ChaosSettings => ({
  seed: 1,
  rounds: 1,
  fromRound: 1,
  store: 'sqlite',
  processes: 2,
  callers: 24,
  mutation: undefined,
  ...over,
});

/** What a failing test shows: the broken promise and the history around it. */
function told({ failure }: ChaosResult): string {
  if (failure === undefined) return '';
  return failure.violations
    .flatMap((violation) => [
      `Invariant ${violation.invariant} in round ${failure.round}: ${violation.sentence}`,
      ...sliceOf(failure.history, violation, 40),
    ])
    .join('\n');
}

// Storms are played in real time: a machine that stalls can keep a scripted meeting from happening. Every failure is printed.
jest.retryTimes(2, { logErrorsBeforeRetry: true });

describe('refreshes and endings under chaos', () => {
  it.each([11, 12])('keeps all seven promises through the storms of seed %d', async (seed) => {
    const result = await runChaos(
      settings({ seed, rounds: 10, processes: 3, stopAfterMs: 15_000 }),
    );
    expect(told(result)).toBe('');
    expect(result.rounds).toBeGreaterThan(0);
    expect(result.refreshes).toBeGreaterThan(0);
  });

  it('keeps all seven promises where each safeguard is needed', async () => {
    const scripts = MUTATIONS.map((mutation) => SAFEGUARD_SCRIPTS[mutation]);
    const result = await runChaos(settings({ rounds: scripts.length, scripts }));
    expect(told(result)).toBe('');
    expect(result.rounds).toBe(scripts.length);
  });

  it.each(MUTATIONS)('notices that the %s safeguard is switched off', async (mutation) => {
    const script = SAFEGUARD_SCRIPTS[mutation];
    const scripts = Array.from({ length: 6 }, () => script);
    const result = await runChaos(settings({ rounds: scripts.length, scripts, mutation }));
    expect(result.failure?.violations.length).toBeGreaterThan(0);
  });

  it('says that the harness cannot run on Elasticsearch yet', async () => {
    await expect(runChaos(settings({ store: 'elasticsearch' }))).rejects.toThrow('not available');
  });
});
