import { expect, it, jest } from '@jest/globals';
import { sliceOf } from './check/check_history.ts';
import { runWorkflowChaos } from './harness/workflow_chaos.ts';
import { WORKFLOW_TIMINGS } from './plan/workflow_protocol.ts';
import { WORKFLOW_SAFEGUARD_SCRIPTS } from './plan/workflow_safeguards.ts';

/** No further round begins after this time in milliseconds. */
const ROUNDS_MS = 3_000;

// Rounds run in real time, so a stalled machine can disturb them. Every failure is printed.
jest.retryTimes(2, { logErrorsBeforeRetry: true });

it('all seven invariants of runs hold when a server is killed during calls, on SQLite', async () => {
  const { intent, cancel, takeover } = WORKFLOW_SAFEGUARD_SCRIPTS;
  const scripts = [intent, takeover, cancel];
  const { failure, rounds, runs, takeovers } = await runWorkflowChaos({
    seed: 1,
    rounds: scripts.length,
    fromRound: 1,
    store: 'sqlite',
    processes: 2,
    runs: 0,
    kills: 0,
    timings: WORKFLOW_TIMINGS,
    mutation: undefined,
    scripts,
    stopAfterMs: ROUNDS_MS,
  });
  const lines = (failure?.violations ?? []).flatMap((violation) => [
    `Invariant ${violation.invariant}: ${violation.sentence}`,
    ...sliceOf(failure?.history ?? [], violation, 40),
  ]);
  expect(lines).toEqual([]);
  expect(rounds).toBeGreaterThan(0);
  expect(runs).toBeGreaterThan(0);
  expect(takeovers).toBeGreaterThan(0);
});
