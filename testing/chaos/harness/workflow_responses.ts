import type { WorkflowScript } from '../plan/workflow_script.ts';
import { PERSONAL } from '../plan/workflow_shapes.ts';
import { type ChaosEnvironment, connect } from './run_round.ts';
import type { WorkerProcess } from './worker_process.ts';
import type { ListedExecution, WorkflowClient } from './workflow_client.ts';

/** Statuses of runs that have not ended. */
const OPEN = [
  'queued',
  'running',
  'waiting',
  'waiting_for_input',
  'waiting_for_child',
  'waiting_for_authorization',
] as const;

/** An execution of a round. */
export type RoundExecution = ListedExecution & { readonly workflow: string };

type Environment = ChaosEnvironment & { readonly client: WorkflowClient };

/** Returns `true` if a run has ended. */
export function hasEnded({ status }: Pick<ListedExecution, 'status'>): boolean {
  return !OPEN.some((open) => open === status);
}

/**
 * Lists the executions of a round by workflow.
 * @returns `undefined`: no server responded
 */
export async function listRound(
  environment: Environment,
  { shapes }: WorkflowScript,
  statuses: readonly string[] = [],
): Promise<readonly RoundExecution[] | undefined> {
  const server = responsive(environment);
  if (server === undefined) return undefined;
  const all: RoundExecution[] = [];
  for (const { id: workflow } of shapes) {
    const found = await environment.client.list(server, workflow, statuses);
    if (found === undefined) return undefined;
    all.push(...found.map((execution) => ({ ...execution, workflow })));
  }
  return all;
}

/**
 * Responds to the runs of a round that wait for their user: it approves, or authorizes the
 * connector.
 * @returns the executions that have not ended; `undefined`: no server responded
 */
export async function respondToWaits(
  environment: Environment,
  script: WorkflowScript,
): Promise<readonly RoundExecution[] | undefined> {
  const { client } = environment;
  const server = responsive(environment);
  const all = await listRound(environment, script, OPEN);
  if (server === undefined || all === undefined) return undefined;
  const waiting = all.filter(({ status }) => status === 'waiting_for_input');
  await Promise.all(waiting.map(({ id, executedBy }) => client.approve(server, executedBy, id)));
  const unauthorized = all.filter(({ status }) => status === 'waiting_for_authorization');
  for (const user of new Set(unauthorized.map(({ executedBy }) => executedBy)))
    await connect(environment, server, { user, connector: PERSONAL });
  return all;
}

/**
 * Returns a server that has started, and is neither stopped nor killed.
 * @param preferred number of the server to check first
 */
export function responsive(
  { pool, client }: Pick<Environment, 'pool' | 'client'>,
  preferred = 0,
): WorkerProcess | undefined {
  const { all } = pool;
  return [...all.slice(preferred), ...all.slice(0, preferred)].find(
    (worker) => client.isKnown(worker) && !worker.hasExited && !worker.isStopped,
  );
}
