import { setTimeout as delay } from 'node:timers/promises';
import type { Connection, Operation } from '../history/events.ts';
import type { Recorder } from '../history/recorder.ts';
import type { ProviderServer } from '../provider/provider_server.ts';
import type { StoreUnderChaos } from '../store/store_under_chaos.ts';
import type { Call, Command, StoreFault } from '../worker/protocol.ts';
import type { KeyPlan } from './key_plan.ts';
import { CONNECTORS, type Injection, type RoundScript } from './round_script.ts';
import type { Timings } from './timings.ts';
import type { WorkerPool } from './worker_pool.ts';
import { CommandFailedError, WorkerGoneError, type WorkerProcess } from './worker_process.ts';

const HOUR_MS = 3_600_000;

/** The stage: one provider, several processes, and who is connected. */
export interface Stage {
  readonly provider: ProviderServer;
  readonly pool: WorkerPool;
  readonly recorder: Recorder;
  readonly store: StoreUnderChaos;
  readonly keys: KeyPlan;
  readonly timings: Timings;
  /** Connectors whose client was refused; an administrator has to look at them. */
  readonly broken: Set<string>;
  /** Gives names that were never used before. */
  nextName(prefix: string): string;
}

/** Creates the connectors; nobody is connected yet. */
export async function setStage(stage: Stage): Promise<void> {
  await stage.pool.revive();
  for (const connector of CONNECTORS) {
    const client = stage.nextName(`${connector}-client`);
    await stage.pool.at(0).ask({ do: 'create_connector', connector, client });
  }
}

/** Connects those named; failures are in the history. */
export async function connectAll(stage: Stage, connections: readonly Connection[]): Promise<void> {
  for (const [index, connection] of connections.entries()) {
    await connect(stage, stage.pool.at(index % stage.pool.all.length), connection);
  }
}

/** Plays a script to its end: all callers answered or cut off, everybody continued, all operations over. */
export async function playScript(stage: Stage, script: RoundScript): Promise<void> {
  const { pool, provider } = stage;
  if (script.expiry === 'time') await pool.advance(2 * HOUR_MS);
  else {
    provider.book.expireAccessTokens(({ user, connector }) =>
      script.targets.some((target) => target.user === user && target.connector === connector),
    );
  }
  const atOnce = script.injections.filter(({ atMs }) => atMs === 0);
  const later = script.injections.filter(({ atMs }) => atMs > 0);
  // Traps are set before anybody runs into them; what takes time goes on beside the storm.
  const running = atOnce.map((injection) => inject(stage, injection));
  await Promise.all(
    pool.all.map((worker) => worker.ask({ do: 'look', connections: [] }).catch(ignoreGone)),
  );
  const bursts = pool.all.map((worker, index) => burst(stage, { worker, index, script }));
  running.push(
    ...later.map(async (injection) => {
      await delay(injection.atMs);
      await inject(stage, injection);
    }),
  );
  await Promise.all([...bursts, ...running]);
  for (const worker of pool.all) worker.continue();
}

async function burst(
  stage: Stage,
  part: { readonly worker: WorkerProcess; readonly index: number; readonly script: RoundScript },
): Promise<void> {
  const calls: Call[] = part.script.calls
    .filter(({ worker }) => worker === part.index)
    .map(({ user, connector, afterMs }) => ({
      call: stage.nextName('c'),
      user,
      connector,
      afterMs,
      deadlineMs: stage.timings.deadlineMs,
    }));
  if (calls.length > 0) await part.worker.ask({ do: 'storm', calls }).catch(ignoreGone);
}

async function inject(stage: Stage, injection: Injection): Promise<void> {
  const { pool, provider } = stage;
  switch (injection.type) {
    case 'token_fault':
      if (injection.fault.kind === 'invalid_client')
        for (const id of CONNECTORS) stage.broken.add(id);
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
      await setStoreFault(stage, injection.worker, injection.mode);
      await delay(injection.forMs);
      return setStoreFault(stage, injection.worker, 'none');
    case 'lose_node':
      return stage.store.loseNode(injection.node);
    case 'rotate_keys':
      return stage.keys.advance(pool, injection.worker);
    case 'clock':
      await pool.skew(injection.worker, injection.offsetMs).catch(ignoreGone);
      return;
    default:
      return operate(stage, injection);
  }
}

async function operate(
  stage: Stage,
  injection: Extract<Injection, { type: 'mass_revoke' } | { connector: string } | { user: string }>,
): Promise<void> {
  const worker = stage.pool.at(injection.worker);
  const on = { stage, worker };
  switch (injection.type) {
    case 'reconnect':
      return connect(stage, worker, injection);
    case 'disconnect': {
      const { user, connector } = injection;
      return operation(on, 'disconnect', { do: 'disconnect', user, connector });
    }
    case 'remove_person':
      return operation(on, 'remove_person', { do: 'remove_person', user: injection.user });
    case 'mass_revoke': {
      const { user, connector } = injection;
      return operation(on, 'mass_revoke', {
        do: 'mass_revoke',
        ...(user === undefined ? {} : { user }),
        ...(connector === undefined ? {} : { connector }),
      });
    }
    case 'edit_connector': {
      const { connector } = injection;
      const client = stage.nextName(`${connector}-client`);
      return operation(on, 'edit_connector', { do: 'edit_connector', connector, client });
    }
    case 'rename_connector':
      // One that is refused, because the store is away or somebody else edits, is refused.
      await worker
        .ask({ do: 'touch_connector', connector: injection.connector })
        .catch(ignoreRefusal);
      return;
    default:
      return injection satisfies never;
  }
}

async function connect(
  stage: Stage,
  worker: WorkerProcess,
  { user, connector }: Connection,
): Promise<void> {
  const client = await worker.ask({ do: 'client_of', user, connector }).catch(() => undefined);
  if (typeof client !== 'string') return;
  const code = stage.provider.book.issueCode({ user, connector }, client);
  await operation({ stage, worker }, 'connect', { do: 'connect', user, connector, code });
}

/** One operation of a person or an administrator, with its acknowledgement in the history. */
async function operation(
  { stage, worker }: { readonly stage: Stage; readonly worker: WorkerProcess },
  what: Operation,
  command: Command,
): Promise<void> {
  const op = stage.nextName('op');
  const { recorder } = stage;
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
    const family = 'code' in command ? stage.provider.book.familyOf(command.code) : undefined;
    recorder.record({ type: 'op_end', op, acknowledged: true, family });
  } catch (error) {
    const code = error instanceof CommandFailedError ? error.code : 'gone';
    recorder.record({ type: 'op_end', op, acknowledged: false, code });
  }
}

/** Of the life of the worker that there is now. */
async function setStoreFault(stage: Stage, index: number, mode: StoreFault): Promise<void> {
  await stage.store.setFault(stage.pool.at(index), index, mode).catch(ignoreGone);
}

async function tell(worker: WorkerProcess, command: Command): Promise<void> {
  await worker.ask(command).catch(ignoreGone);
}

function ignoreRefusal(error: unknown): undefined {
  return error instanceof CommandFailedError ? undefined : ignoreGone(error);
}

function ignoreGone(error: unknown): undefined {
  if (error instanceof WorkerGoneError) return undefined;
  throw error;
}
