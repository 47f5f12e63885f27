import { join } from 'node:path';
import type { HistoryEvent } from '../history/events.ts';
import type { Recorder } from '../history/recorder.ts';
import type { Mutation } from '../mutation.ts';
import { SERVER_DATA } from '../store/sqlite_file.ts';
import type { StoreUnderChaos } from '../store/store_under_chaos.ts';
import type { Command } from '../worker/protocol.ts';
import type { KeyPlan } from './key_plan.ts';
import { CONNECTORS, USERS } from './round_script.ts';
import type { Timings } from './timings.ts';
import { WorkerGoneError, WorkerProcess } from './worker_process.ts';

/** What all workers have in common. */
interface PoolSettings {
  readonly folder: string;
  /** Of the provider, for each worker. */
  readonly origins: readonly string[];
  readonly wholeServer: boolean;
  readonly store: StoreUnderChaos;
  readonly keys: KeyPlan;
  readonly timings: Timings;
  readonly mutation: Mutation | undefined;
  readonly recorder: Recorder;
}

/** All processes on the store, and the time they live in. */
export class WorkerPool {
  readonly #settings: PoolSettings;
  readonly #lives: number[];
  readonly #workers: WorkerProcess[] = [];
  readonly #buried: WorkerProcess[] = [];
  /** A worker that is stopped would outlive a harness that is interrupted. */
  readonly #onExit = (): void => {
    for (const worker of this.#workers) worker.killNow();
  };
  /** What all wall clocks are ahead of the machine's, milliseconds. */
  #timeMs = 0;

  constructor(settings: PoolSettings, processes: number) {
    this.#settings = settings;
    this.#lives = Array.from({ length: processes }, () => 0);
    process.once('exit', this.#onExit);
  }

  get all(): readonly WorkerProcess[] {
    return this.#workers;
  }

  /** @throws RangeError */
  at(index: number): WorkerProcess {
    const worker = this.#workers[index];
    if (worker === undefined) throw new RangeError(`There is no worker ${index}.`);
    return worker;
  }

  /** Forks who is missing, waits until all answer. */
  async revive(): Promise<void> {
    const missing = this.#lives.flatMap((_, index) =>
      this.#workers[index]?.isGone === false ? [] : [index],
    );
    for (const index of missing) {
      const dead = this.#workers[index];
      if (dead !== undefined) this.#buried.push(dead);
      this.#workers[index] = this.#fork(index);
    }
    await Promise.all(this.#workers.map((worker) => worker.whenReady()));
  }

  /** The life there is now. */
  nameOf(index: number): string {
    return this.#workers[index]?.name ?? '';
  }

  /** Lets time pass for everybody, and takes back what was skewed. */
  async advance(ms: number): Promise<void> {
    this.#timeMs += ms;
    await this.tellAll({ do: 'clock', offsetMs: this.#timeMs, skewMs: 0 });
  }

  /** One worker's wall clock, relative to everybody's. */
  skew(index: number, offsetMs: number): Promise<unknown> {
    return this.at(index).ask({
      do: 'clock',
      offsetMs: this.#timeMs + offsetMs,
      skewMs: offsetMs,
    });
  }

  /** Workers that are gone are left out. */
  tellAll(command: Command): Promise<void> {
    return this.tellEach(() => command);
  }

  /** The same with a command for each. */
  async tellEach(commandFor: (index: number) => Command): Promise<void> {
    await Promise.all(
      this.#workers.map((worker, index) =>
        worker.ask(commandFor(index)).catch((error: unknown) => {
          if (!(error instanceof WorkerGoneError)) throw error;
        }),
      ),
    );
  }

  /** Everything workers wrote since the last time, dead ones included. */
  takeEvents(): HistoryEvent[] {
    return [...this.#buried, ...this.#workers].flatMap((worker) => worker.takeEvents());
  }

  /** Empties what workers wrote, for a run of hours. Whoever needs it has taken it. */
  forgetFiles(): void {
    for (const worker of [...this.#buried, ...this.#workers]) worker.forgetFiles();
    this.#buried.length = 0;
  }

  async stop(): Promise<void> {
    process.off('exit', this.#onExit);
    await Promise.all(this.#workers.map((worker) => worker.kill()));
  }

  #fork(index: number): WorkerProcess {
    const life = (this.#lives[index] ?? 0) + 1;
    this.#lives[index] = life;
    const { store, keys, origins, ...settings } = this.#settings;
    return new WorkerProcess({
      ...settings,
      name: `w${index + 1}.${life}`,
      origin: origins[index] ?? '',
      store: store.locationFor(index),
      dataPath: join(settings.folder, SERVER_DATA),
      everybody: { users: USERS, connectors: CONNECTORS },
      keys: keys.keysFor(index),
      clockOffsetMs: this.#timeMs,
    });
  }
}
