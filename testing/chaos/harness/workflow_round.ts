import { setTimeout as delay } from 'node:timers/promises';
import type { StoreFault } from '../plan/protocol.ts';
import type { WorkflowPoint } from '../plan/workflow_protocol.ts';
import type { PlannedRun, WorkflowInjection, WorkflowScript } from '../plan/workflow_script.ts';
import { PERSONAL } from '../plan/workflow_shapes.ts';
import type { ChaosEnvironment } from './run_round.ts';
import { CommandFailedError, WorkerExitedError, type WorkerProcess } from './worker_process.ts';
import type { WorkflowClient } from './workflow_client.ts';
import { killRepeatedly } from './workflow_kills.ts';
import { listRound, respondToWaits, responsive } from './workflow_responses.ts';

/** Milliseconds between two searches for runs that wait for their user. */
const LOOK_MS = 400;
/** The same during a series of kills, because each search is work for the servers. */
const SELDOM_MS = 2_000;
/**
 * Statuses of runs that the end of a process affects. Runs that wait for a user or for hours are
 * not affected.
 */
const IN_FLIGHT = ['queued', 'running'] as const;
/** Number of requests to cancel a run before the harness gives up. */
const CANCEL_ATTEMPTS = 20;
const CANCEL_PAUSE_MS = 300;

/** The environment of a run with workflows. */
export interface WorkflowEnvironment extends ChaosEnvironment {
  readonly client: WorkflowClient;
}

/** The started runs with their users, by id of the run. */
export type StartedRuns = Map<string, PlannedRun>;

/**
 * Runs a script until all runs are started, all faults are over, and all processes are continued.
 */
export async function playWorkflowScript(
  environment: WorkflowEnvironment,
  script: WorkflowScript,
): Promise<StartedRuns> {
  const { pool, client } = environment;
  for (const { id, yaml } of script.shapes)
    await client.administer(pool.at(0), '/api/workflows/workflow', { id, yaml });
  const started: StartedRuns = new Map();
  const cancelling: Promise<void>[] = [];
  const part: RoundPart = { script, started, cancelling };
  const playing = Promise.all([
    ...script.runs.map((run) => startRun(environment, { ...part, run })),
    ...script.injections.map((injection) => injectLater(environment, { ...part, injection })),
  ]).then(() => Promise.all(cancelling));
  const hasKills = script.injections.some(({ type }) => type === 'kills');
  let isPlaying = true;
  const end = playing.finally(() => {
    isPlaying = false;
  });
  while (isPlaying) {
    await Promise.race([delay(hasKills ? SELDOM_MS : LOOK_MS), end]);
    await respondToWaits(environment, script);
  }
  await end;
  for (const worker of pool.all) worker.continue();
  return started;
}

interface RoundPart {
  readonly script: WorkflowScript;
  readonly started: StartedRuns;
  /** Requests to cancel runs. */
  readonly cancelling: Promise<void>[];
}

/** Starts a run. Resolves when a server has responded. The run may be cancelled later. */
async function startRun(
  environment: WorkflowEnvironment,
  part: RoundPart & { readonly run: PlannedRun },
): Promise<void> {
  const { pool, client, recorder } = environment;
  const { run: planned, script, started, cancelling } = part;
  const { user, worker: index, afterMs, cancelAfterMs } = planned;
  const workflow = script.shapes[planned.shape]?.id ?? '';
  await delay(afterMs);
  // A user would not wait for a server that has just been killed, so another one is used.
  const worker = responsive({ pool, client }, index) ?? pool.at(index);
  const run = await client.start(worker, user, workflow);
  if (run === undefined) {
    recorder.record({ type: 'run_not_started', workflow, worker: worker.name });
    return;
  }
  started.set(run, planned);
  recorder.record({ type: 'run_started', run, workflow, user, worker: worker.name });
  if (cancelAfterMs !== undefined)
    cancelling.push(cancelRun(environment, { run, user, index, afterMs: cancelAfterMs }));
}

async function cancelRun(
  { pool, client, recorder }: WorkflowEnvironment,
  {
    run,
    user,
    index,
    afterMs,
  }: {
    readonly run: string;
    readonly user: string;
    /** Number of the worker that gets the first request. */
    readonly index: number;
    readonly afterMs: number;
  },
): Promise<void> {
  await delay(afterMs);
  for (let attempt = 0; attempt < CANCEL_ATTEMPTS; attempt += 1) {
    const server = pool.at((index + attempt) % pool.all.length);
    if (await client.cancel(server, user, run)) {
      recorder.record({ type: 'run_cancelled', run });
      return;
    }
    await delay(CANCEL_PAUSE_MS);
  }
}

type InjectionPart = RoundPart & { readonly injection: WorkflowInjection };

async function injectLater(environment: WorkflowEnvironment, part: InjectionPart): Promise<void> {
  await delay(part.injection.atMs);
  try {
    await inject(environment, part);
  } catch (error) {
    // The worker was killed, or its server refused the operation. Both are expected.
    if (error instanceof WorkerExitedError || error instanceof CommandFailedError) return;
    throw error;
  }
}

async function inject(
  environment: WorkflowEnvironment,
  { injection, ...part }: InjectionPart,
): Promise<void> {
  const { script } = part;
  const { pool, provider, store } = environment;
  switch (injection.type) {
    case 'stop':
      pool.at(injection.worker).stop(injection.forMs);
      return delay(injection.forMs);
    case 'kill':
      return pool.at(injection.worker).kill();
    case 'stop_at':
      pool.at(injection.worker).expectStop(injection.forMs);
      await arm(pool.at(injection.worker), injection.point, 'stop');
      // The round waits for the stop to end, because the end of the round would continue the
      // process.
      return delay(injection.forMs + LOOK_MS);
    case 'kill_at':
      return arm(pool.at(injection.worker), injection.point, 'kill');
    case 'store': {
      const { worker: index, mode, forMs } = injection;
      await store.setFault(pool.at(index), index, mode);
      await delay(forMs);
      return store.setFault(pool.at(index), index, 'none');
    }
    case 'outage': {
      const set = async (mode: StoreFault): Promise<void> => {
        // A process that was killed or cannot respond does not end the outage of the others.
        await Promise.allSettled(
          pool.all.map((worker, index) => store.setFault(worker, index, mode)),
        );
      };
      await set(injection.mode);
      await delay(injection.forMs);
      return set('none');
    }
    case 'kills':
      return killRepeatedly(environment, {
        ...injection,
        inFlight: script.runs.length,
        countInFlight: async () => (await listRound(environment, script, IN_FLIGHT))?.length,
        start: (run) => startRun(environment, { ...part, run: { ...run, afterMs: 0 } }),
      });
    case 'slow_service':
      return provider.delayApi(injection.ms);
    case 'clock':
      await pool.skew(injection.worker, injection.offsetMs);
      return;
    case 'disconnect': {
      const { worker, user } = injection;
      await pool.at(worker).ask({ do: 'disconnect', user, connector: PERSONAL });
      return;
    }
    default:
      return injection satisfies never;
  }
}

async function arm(
  worker: WorkerProcess,
  point: WorkflowPoint,
  action: 'stop' | 'kill',
): Promise<void> {
  await worker.ask({ do: 'arm', point, action });
}
