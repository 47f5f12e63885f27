import { expect, it } from 'vitest';
import { sliceOf } from './check/check_history.ts';
import type { ChaosFailure } from './harness/chaos_run.ts';
import { runWorkflowChaos } from './harness/workflow_chaos.ts';
import { WORKFLOW_TIMINGS } from './plan/workflow_protocol.ts';
import { WORKFLOW_SAFEGUARD_SCRIPTS } from './plan/workflow_safeguards.ts';
import type { WorkflowInjection } from './plan/workflow_script.ts';

const SETTINGS = {
  seed: 1,
  fromRound: 1,
  store: 'sqlite',
  processes: 2,
  timings: WORKFLOW_TIMINGS,
  mutation: undefined,
} as const;

it('all seven invariants of runs hold when a server is killed during calls, on SQLite', async () => {
  const { intent, cancel, takeover } = WORKFLOW_SAFEGUARD_SCRIPTS;
  const scripts = [intent, takeover, cancel];
  const { failure, rounds, runs, takeovers } = await runWorkflowChaos({
    ...SETTINGS,
    rounds: scripts.length,
    runs: 0,
    kills: 0,
    scripts,
  });
  expect(linesOf(failure)).toEqual([]);
  expect(rounds).toBeGreaterThanOrEqual(scripts.length);
  expect(runs).toBeGreaterThan(0);
  expect(takeovers).toBeGreaterThan(0);
});

it('all seven invariants of runs hold when servers are killed one after the other', async () => {
  const { shapes, runs } = WORKFLOW_SAFEGUARD_SCRIPTS.intent;
  const kills = [0, 1, 0].map((worker) => ({ worker, afterMs: 500 }));
  const injections: readonly WorkflowInjection[] = [
    { atMs: 0, type: 'slow_service', ms: 2_500 },
    { atMs: 1_500, type: 'kills', kills, more: [...runs, ...runs] },
  ];
  const result = await runWorkflowChaos({
    ...SETTINGS,
    rounds: 1,
    runs: runs.length,
    kills: kills.length,
    scripts: [{ shapes, runs, injections }],
  });
  expect(linesOf(result.failure)).toEqual([]);
  // A round in which the machine stalled is run again and counts too.
  expect(result.kills).toBe(kills.length * result.rounds);
  expect(result.killsDuringCalls).toBeGreaterThan(0);
});

function linesOf(failure: ChaosFailure | undefined): readonly string[] {
  return (failure?.violations ?? []).flatMap((violation) => [
    `Invariant ${violation.invariant}: ${violation.sentence}`,
    ...sliceOf(failure?.history ?? [], violation, 40),
  ]);
}
