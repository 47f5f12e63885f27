import { setTimeout as delay } from 'node:timers/promises';
import type { Connection, Operation } from '../history/events.ts';
import type { Recorder } from '../history/recorder.ts';
import type { Call, Command, StoreFault } from '../plan/protocol.ts';
import { CONNECTORS, type Injection, type RoundScript } from '../plan/round_script.ts';
import type { Timings } from '../plan/timings.ts';
import type { ProviderServer } from '../provider/provider_server.ts';
import type { StoreUnderChaos } from '../store/store_under_chaos.ts';
import type { KeyPlan } from './key_plan.ts';
import type { WorkerPool } from './worker_pool.ts';
import { CommandFailedError, WorkerExitedError, type WorkerProcess } from './worker_process.ts';

const HOUR_MS = 3_600_000;

/** Provider, processes and store of a run, and the state that rounds share. */
export interface ChaosEnvironment {
  readonly provider: ProviderServer;
  readonly pool: WorkerPool;
  readonly recorder: Recorder;
  readonly store: StoreUnderChaos;
  readonly keys: KeyPlan;
  readonly timings: Timings;
  /** Connectors whose client the provider refused. An administrator has to save them again. */
  readonly broken: Set<string>;
  /** Returns a name that was never used before. */
  nextName(prefix: string): string;
}

/** Creates the connectors. No user is connected afterwards. */
export async function createConnectors(environment: ChaosEnvironment): Promise<void> {
  await environment.pool.revive();
  for (const connector of CONNECTORS) {
    const client = environment.nextName(`${connector}-client`);
    await environment.pool.at(0).ask({ do: 'create_connector', connector, client });
  }
}

/** Lets users authorize the given connections. Failures are recorded in the history. */
export async function connectAll(
  environment: ChaosEnvironment,
  connections: readonly Connection[],
): Promise<void> {
  for (const [index, connection] of connections.entries()) {
    await connect(
      environment,
      environment.pool.at(index % environment.pool.all.length),
      connection,
    );
  }
}

/**
 * Runs a script to its end: every call and every operation has ended, and every process was
 * continued.
 */
export async function playScript(
  environment: ChaosEnvironment,
  script: RoundScript,
): Promise<void> {
  const { pool, provider } = environment;
  if (script.expiry === 'time') await pool.advance(2 * HOUR_MS);
  else {
    provider.grants.expireAccessTokens(({ user, connector }) =>
      script.targets.some((target) => target.user === user && target.connector === connector),
    );
  }
  const atOnce = script.injections.filter(({ atMs }) => atMs === 0);
  const later = script.injections.filter(({ atMs }) => atMs > 0);
  // Injections at fixed points are prepared before any caller starts. Slow operations run during
  // the round.
  const running = atOnce.map((injection) => inject(environment, injection));
  await Promise.all(
    pool.all.map((worker) => worker.ask({ do: 'observe', connections: [] }).catch(ignoreExit)),
  );
  const bursts = pool.all.map((worker, index) => burst(environment, { worker, index, script }));
  running.push(
    ...later.map(async (injection) => {
      await delay(injection.atMs);
      await inject(environment, injection);
    }),
  );
  await Promise.all([...bursts, ...running]);
  for (const worker of pool.all) worker.continue();
}

async function burst(
  environment: ChaosEnvironment,
  part: { readonly worker: WorkerProcess; readonly index: number; readonly script: RoundScript },
): Promise<void> {
  const calls: Call[] = part.script.calls
    .filter(({ worker }) => worker === part.index)
    .map(({ user, connector, afterMs }) => ({
      call: environment.nextName('c'),
      user,
      connector,
      afterMs,
      deadlineMs: environment.timings.deadlineMs,
    }));
  if (calls.length > 0) await part.worker.ask({ do: 'burst', calls }).catch(ignoreExit);
}

async function inject(environment: ChaosEnvironment, injection: Injection): Promise<void> {
  const { pool, provider } = environment;
  switch (injection.type) {
    case 'token_fault':
      if (injection.fault.kind === 'invalid_client')
        for (const id of CONNECTORS) environment.broken.add(id);
      return provider.failNext('token', injection.fault);
    case 'revoke_fault':
      return provider.failNext('revoke', injection.fault);
    case 'slow_api':
      return provider.delayApi(injection.ms);
    case 'stop':
      pool.at(injection.worker).stop(injection.forMs);
      await delay(injection.forMs);
      return;
    case 'kill':
      return pool.at(injection.worker).kill();
    case 'stop_at': {
      const worker = pool.at(injection.worker);
      worker.expectStop(injection.forMs);
      await tell(worker, { do: 'arm', point: injection.point, action: 'stop' });
      return;
    }
    case 'kill_at':
      return tell(pool.at(injection.worker), { do: 'arm', point: injection.point, action: 'kill' });
    case 'store':
      await setStoreFault(environment, injection.worker, injection.mode);
      await delay(injection.forMs);
      return setStoreFault(environment, injection.worker, 'none');
    case 'lose_node':
      return environment.store.killNode(injection.node);
    case 'rotate_keys':
      return environment.keys.advance(pool, injection.worker);
    case 'clock':
      await pool.skew(injection.worker, injection.offsetMs).catch(ignoreExit);
      return;
    default:
      return operate(environment, injection);
  }
}

async function operate(
  environment: ChaosEnvironment,
  injection: Extract<Injection, { type: 'mass_revoke' } | { connector: string } | { user: string }>,
): Promise<void> {
  const worker = environment.pool.at(injection.worker);
  const on = { environment, worker };
  switch (injection.type) {
    case 'reconnect':
      return connect(environment, worker, injection);
    case 'disconnect':
    case 'remove_user':
    case 'mass_revoke': {
      const { atMs: _, worker: __, type, ...scope } = injection;
      return operation(on, type, { do: type, ...scope } as Command);
    }
    case 'edit_connector': {
      const { connector } = injection;
      const client = environment.nextName(`${connector}-client`);
      return operation(on, 'edit_connector', { do: 'edit_connector', connector, client });
    }
    case 'rename_connector':
      // An operation may be refused, because the store is unavailable or another edit is running.
      await worker
        .ask({ do: 'touch_connector', connector: injection.connector })
        .catch(ignoreRefusal);
      return;
    default:
      return injection satisfies never;
  }
}

/** Lets a user authorize a connector. A failure is recorded in the history. */
export async function connect(
  environment: ChaosEnvironment,
  worker: WorkerProcess,
  { user, connector }: Connection,
): Promise<void> {
  const client = await worker.ask({ do: 'client_of', user, connector }).catch(() => undefined);
  if (typeof client !== 'string') return;
  const code = environment.provider.issueCode({ user, connector }, client);
  await operation({ environment, worker }, 'connect', { do: 'connect', user, connector, code });
}

/** Runs one operation of a user or an administrator, and records it with its acknowledgement. */
async function operation(
  {
    environment,
    worker,
  }: { readonly environment: ChaosEnvironment; readonly worker: WorkerProcess },
  what: Operation,
  command: Command,
): Promise<void> {
  const op = environment.nextName('op');
  const { recorder } = environment;
  recorder.record({
    type: 'op_start',
    op,
    worker: worker.name,
    what,
    ...('user' in command ? { user: command.user } : {}),
    ...('connector' in command ? { connector: command.connector } : {}),
  });
  try {
    await worker.ask(command);
    const family = 'code' in command ? environment.provider.familyOf(command.code) : undefined;
    recorder.record({ type: 'op_end', op, acknowledged: true, family });
  } catch (error) {
    const code = error instanceof CommandFailedError ? error.code : 'gone';
    recorder.record({ type: 'op_end', op, acknowledged: false, code });
  }
}

/** Sets the fault of the store for the current process of the worker. */
async function setStoreFault(
  environment: ChaosEnvironment,
  index: number,
  mode: StoreFault,
): Promise<void> {
  await environment.store.setFault(environment.pool.at(index), index, mode).catch(ignoreExit);
}

async function tell(worker: WorkerProcess, command: Command): Promise<void> {
  await worker.ask(command).catch(ignoreExit);
}

function ignoreRefusal(error: unknown): undefined {
  return error instanceof CommandFailedError ? undefined : ignoreExit(error);
}

function ignoreExit(error: unknown): undefined {
  if (error instanceof WorkerExitedError) return undefined;
  throw error;
}
