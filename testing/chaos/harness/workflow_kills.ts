import { setTimeout as delay } from 'node:timers/promises';
import type { WorkflowPoint } from '../plan/workflow_protocol.ts';
import type { PlannedKill, PlannedRun } from '../plan/workflow_script.ts';
import type { ChaosEnvironment } from './run_round.ts';
import { CommandFailedError, WorkerExitedError, type WorkerProcess } from './worker_process.ts';
import type { WorkflowClient } from './workflow_client.ts';

/** Milliseconds after which a process that does not reach its point is killed. */
const POINT_LIMIT_MS = 3_000;
/** Runs that are started at the same time. */
const STARTS_AT_ONCE = 20;

/** The parts of a round that {@link killRepeatedly} needs. */
interface KilledRound {
  readonly kills: readonly PlannedKill[];
  /** Runs to start when others have ended. */
  readonly more: readonly PlannedRun[];
  /** Number of runs in progress before each kill, while there are more to start. */
  readonly inFlight: number;
  /** Returns the number of runs that are executed or queued. `undefined`: no server responded. */
  countInFlight(): Promise<number | undefined>;
  start(run: PlannedRun): Promise<void>;
}

/** Kills one process after the other. Each is started again before the next kill. */
export async function killRepeatedly(
  { pool, client }: Pick<ChaosEnvironment, 'pool'> & { readonly client: WorkflowClient },
  { kills, more, inFlight, countInFlight, start }: KilledRound,
): Promise<void> {
  const left = [...more];
  for (const { worker, afterMs, point } of kills) {
    const missing = inFlight - ((await countInFlight()) ?? inFlight);
    const started = left.splice(0, Math.max(0, missing));
    const starting = startAll(started, start);
    await killAt(pool.at(worker), afterMs, point);
    await Promise.all([starting, pool.revive()]);
    await client.meet(pool.all);
  }
}

async function startAll(runs: readonly PlannedRun[], start: KilledRound['start']): Promise<void> {
  const left = [...runs];
  const startNext = async (): Promise<void> => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) await start(next);
  };
  await Promise.all(Array.from({ length: STARTS_AT_ONCE }, startNext));
}

/** Kills a process, and resolves when it has exited. */
async function killAt(
  worker: WorkerProcess,
  afterMs: number,
  point: WorkflowPoint | undefined,
): Promise<void> {
  await Promise.race([delay(afterMs), worker.whenExited()]);
  if (point !== undefined) {
    await worker.ask({ do: 'arm', point, action: 'kill' }).catch((error: unknown) => {
      const hasFailed = error instanceof WorkerExitedError || error instanceof CommandFailedError;
      if (!hasFailed) throw error;
    });
    await Promise.race([delay(POINT_LIMIT_MS), worker.whenExited()]);
  }
  await worker.kill();
}
