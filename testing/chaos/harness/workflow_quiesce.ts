import { setTimeout as delay } from 'node:timers/promises';
import type { SeenStep } from '../history/workflow_events.ts';
import { USERS } from '../plan/round_script.ts';
import type { WorkflowScript } from '../plan/workflow_script.ts';
import type { SeenExecution } from './workflow_client.ts';
import { hasEnded, listRound, type RoundExecution, respondToWaits } from './workflow_responses.ts';
import type { WorkflowEnvironment } from './workflow_round.ts';

const LOOK_MS = 300;
/**
 * Milliseconds without faults in which at least one run must end. Otherwise the remaining runs are
 * lost.
 */
const LIMIT_MS = 60_000;
/** Milliseconds that are longer than every wait of a workflow. */
const LONG_MS = 2 * 3_600_000;
/** Number of reads between two jumps of the clocks. */
const LOOKS_PER_JUMP = 5;
/** Number of runs that are read at the same time when all have ended. */
const READS_AT_ONCE = 4;
/** Milliseconds for which a search may lack new runs. */
const SEARCH_DELAY_MS = 1_200;

/** Removes all faults and lets all processes run. */
export async function quiesceWorkflows({
  pool,
  provider,
  store,
  client,
}: WorkflowEnvironment): Promise<void> {
  provider.clearFaults();
  for (const worker of pool.all) worker.continue();
  await pool.broadcast({ do: 'disarm' });
  await store.recover();
  await pool.revive();
  await client.meet(pool.all);
  await pool.broadcast({ do: 'store_fault', mode: 'none' });
  await pool.broadcast({ do: 'await_store' });
  await pool.advance(0);
}

/**
 * Waits until all runs of a round have ended, and records how each server shows them. Runs that do
 * not end are recorded with their last status.
 */
export async function recordFinalRuns(
  environment: WorkflowEnvironment,
  script: WorkflowScript,
): Promise<void> {
  const left = [...(await whenAllHaveEnded(environment, script))];
  const recordNext = async (): Promise<void> => {
    for (let next = left.pop(); next !== undefined; next = left.pop())
      await recordFinalRun(environment, next);
  };
  await Promise.all(Array.from({ length: READS_AT_ONCE }, recordNext));
}

/**
 * Waits until all runs have ended, or none has ended for {@link LIMIT_MS}.
 * @returns all executions, including those that have not ended
 */
async function whenAllHaveEnded(
  environment: WorkflowEnvironment,
  script: WorkflowScript,
): Promise<readonly RoundExecution[]> {
  let until = performance.now() + LIMIT_MS;
  let fewest = Number.POSITIVE_INFINITY;
  for (let look = 1; ; look += 1) {
    const left = (await respondToWaits(environment, script))?.length ?? Number.POSITIVE_INFINITY;
    if (left < fewest) {
      fewest = left;
      // A run has ended since the last read, so the wait continues: a slow machine needs longer.
      until = performance.now() + LIMIT_MS;
    }
    const isLate = performance.now() > until;
    if (left === 0 || isLate) {
      await delay(SEARCH_DELAY_MS);
      const all = await listRound(environment, script);
      if (isLate || all?.every(hasEnded) === true) return all ?? [];
    }
    if (look % LOOKS_PER_JUMP === 0) await environment.pool.advance(LONG_MS);
    await delay(LOOK_MS);
  }
}

async function recordFinalRun(
  { pool, client, recorder }: WorkflowEnvironment,
  { id: run, executedBy: user, workflow }: RoundExecution,
): Promise<void> {
  const seen = await Promise.all(pool.all.map((server) => client.read(server, user, run)));
  const other = USERS.find((name) => name !== user) ?? '';
  const foreign = await client.read(pool.at(0), other, run);
  const [first] = seen;
  recorder.record({
    type: 'run_final',
    run,
    workflow,
    user,
    statuses: seen.map((execution) => execution?.status ?? 'unknown'),
    ...(first?.error === undefined ? {} : { errorType: first.error.type }),
    steps: (first?.stepExecutions ?? []).map(toSeenStep),
    owners: first === undefined ? [] : ownersIn(first),
    isShownToOthers: foreign !== undefined && showsData(foreign),
  });
}

function toSeenStep(step: SeenExecution['stepExecutions'][number]): SeenStep {
  const { stepId, status, scopeStack, error } = step;
  const iteration = scopeStack.findLast(({ kind }) => kind === 'iteration');
  return {
    step: stepId,
    status,
    ...(iteration === undefined ? {} : { item: iteration.index }),
    ...(error === undefined ? {} : { errorType: error.type }),
  };
}

/** Returns the users whose accounts occur in the outputs. */
function ownersIn(execution: SeenExecution): readonly string[] {
  const text = JSON.stringify(execution);
  return USERS.filter((user) => text.includes(`"${user}"`));
}

function showsData({ input, output, stepExecutions }: SeenExecution): boolean {
  return [input, output, ...stepExecutions.flatMap((step) => [step.input, step.output])].some(
    (value) => value !== undefined,
  );
}
