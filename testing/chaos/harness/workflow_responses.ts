import type { WorkflowScript } from '../plan/workflow_script.ts';
import { PERSONAL } from '../plan/workflow_shapes.ts';
import { type ChaosEnvironment, connect } from './run_round.ts';
import type { WorkerProcess } from './worker_process.ts';
import type { ListedExecution, WorkflowClient } from './workflow_client.ts';

const FINAL: readonly string[] = ['completed', 'failed', 'cancelled', 'timed_out', 'skipped'];

/** Tells if a run has ended. */
export function hasEnded({ status }: Pick<ListedExecution, 'status'>): boolean {
  return FINAL.includes(status);
}

/**
 * Responds to the runs of a round that wait for their user: approves, or authorizes the connector.
 * @returns the executions of the round by workflow; `undefined`: no server responded
 */
export async function respondToWaits(
  environment: ChaosEnvironment & { readonly client: WorkflowClient },
  { shapes }: WorkflowScript,
): Promise<readonly (ListedExecution & { readonly workflow: string })[] | undefined> {
  const { client } = environment;
  const server = responsive(environment);
  if (server === undefined) return undefined;
  const all: (ListedExecution & { readonly workflow: string })[] = [];
  for (const { id: workflow } of shapes) {
    const found = await client.list(server, workflow);
    if (found === undefined) return undefined;
    all.push(...found.map((execution) => ({ ...execution, workflow })));
  }
  const waiting = all.filter(({ status }) => status === 'waiting_for_input');
  await Promise.all(waiting.map(({ id, executedBy }) => client.approve(server, executedBy, id)));
  const unauthorized = all.filter(({ status }) => status === 'waiting_for_authorization');
  for (const user of new Set(unauthorized.map(({ executedBy }) => executedBy)))
    await connect(environment, server, { user, connector: PERSONAL });
  return all;
}

/** A server that is neither stopped nor killed. */
function responsive({ pool }: Pick<ChaosEnvironment, 'pool'>): WorkerProcess | undefined {
  return pool.all.find((worker) => !worker.hasExited && !worker.isStopped);
}
