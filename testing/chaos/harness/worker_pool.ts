import type { HistoryEvent } from '../history/events.ts';
import type { Recorder } from '../history/recorder.ts';
import type { Command, Mutation } from '../plan/protocol.ts';
import { CONNECTORS, USERS } from '../plan/round_script.ts';
import type { Timings } from '../plan/timings.ts';
import type { WorkflowWorkerSettings } from '../plan/workflow_protocol.ts';
import type { StoreUnderChaos } from '../store/store_under_chaos.ts';
import type { KeyPlan } from './key_plan.ts';
import { type LoadedProcess, loadProcess } from './loaded_process.ts';
import { WorkerExitedError, WorkerProcess } from './worker_process.ts';

/** Settings that all workers share. */
interface PoolSettings {
  readonly folder: string;
  /** Origin of the provider for each worker. */
  readonly origins: readonly string[];
  readonly wholeServer: boolean;
  readonly store: StoreUnderChaos;
  readonly keys: KeyPlan;
  readonly timings: Timings;
  readonly mutation: Mutation | undefined;
  readonly workflows?: WorkflowWorkerSettings | undefined;
  /**
   * `true`: a process that has loaded its modules waits for the next worker to start. Default:
   * `false`.
   */
  readonly keepsOneReady?: boolean;
  readonly recorder: Recorder;
}

/** All worker processes on one store, and their common wall clock. */
export class WorkerPool {
  readonly #settings: PoolSettings;
  readonly #starts: number[];
  readonly #workers: WorkerProcess[] = [];
  readonly #exitedWorkers: WorkerProcess[] = [];
  /** Kills all workers. Otherwise a stopped worker would survive an interrupted harness. */
  readonly #onExit = (): void => {
    for (const worker of this.#workers) worker.killNow();
  };
  /** A process that has loaded the modules of the next worker. */
  #next: LoadedProcess | undefined;
  #loaded = 0;
  /** Milliseconds by which all wall clocks are ahead of the machine's. */
  #timeMs = 0;

  constructor(settings: PoolSettings, processes: number) {
    this.#settings = settings;
    this.#starts = Array.from({ length: processes }, () => 0);
    process.once('exit', this.#onExit);
  }

  get all(): readonly WorkerProcess[] {
    return this.#workers;
  }

  /**
   * Returns the worker with this number.
   * @throws RangeError when it does not exist
   */
  at(index: number): WorkerProcess {
    const worker = this.#workers[index];
    if (worker === undefined) throw new RangeError(`There is no worker ${index}.`);
    return worker;
  }

  /** Starts missing workers and waits until all are ready. */
  async revive(): Promise<void> {
    const missing = this.#starts.flatMap((_, index) =>
      this.#workers[index]?.hasExited === false ? [] : [index],
    );
    for (const index of missing) {
      const dead = this.#workers[index];
      if (dead !== undefined) this.#exitedWorkers.push(dead);
      this.#workers[index] = this.#fork(index);
    }
    await Promise.all(this.#workers.map((worker) => worker.whenReady()));
    // The next process is loaded only now, so that it does not delay the other workers.
    if (this.#settings.keepsOneReady === true) this.#loadNext();
  }

  /** Returns the name of the worker's current process. */
  nameOf(index: number): string {
    return this.#workers[index]?.name ?? '';
  }

  /** Advances the wall clocks of all workers and removes their skew. */
  async advance(ms: number): Promise<void> {
    this.#timeMs += ms;
    await this.broadcast({ do: 'clock', offsetMs: this.#timeMs, skewMs: 0 });
  }

  /** Sets one worker's wall clock relative to the others'. */
  skew(index: number, offsetMs: number): Promise<unknown> {
    return this.at(index).ask({
      do: 'clock',
      offsetMs: this.#timeMs + offsetMs,
      skewMs: offsetMs,
    });
  }

  /** Sends a command to all running workers. */
  broadcast(command: Command): Promise<void> {
    return this.sendEach(() => command);
  }

  /** Sends each running worker its own command. */
  async sendEach(commandFor: (index: number) => Command): Promise<void> {
    await Promise.all(
      this.#workers.map((worker, index) =>
        worker.ask(commandFor(index)).catch((error: unknown) => {
          if (!(error instanceof WorkerExitedError)) throw error;
        }),
      ),
    );
  }

  /**
   * Returns the events that workers wrote since the last call, including those of killed workers.
   */
  takeEvents(): HistoryEvent[] {
    return [...this.#exitedWorkers, ...this.#workers].flatMap((worker) => worker.takeEvents());
  }

  /**
   * Empties the files of the workers, so that runs can take hours. Call it after their content was
   * read.
   */
  emptyFiles(): void {
    for (const worker of [...this.#exitedWorkers, ...this.#workers]) worker.emptyFiles();
    this.#exitedWorkers.length = 0;
  }

  async stop(): Promise<void> {
    process.off('exit', this.#onExit);
    this.#next?.child.kill('SIGKILL');
    await Promise.all(this.#workers.map((worker) => worker.kill()));
  }

  #loadNext(): void {
    if (this.#next !== undefined) return;
    const next = this.#load();
    this.#next = next;
    // If modules cannot be loaded, the worker that starts next reports the reason.
    next.child.once('exit', () => {
      if (this.#next === next) this.#next = undefined;
    });
  }

  #load(): LoadedProcess {
    const { folder, wholeServer, workflows } = this.#settings;
    const serverKind = workflows === undefined ? 'server' : 'workflows';
    this.#loaded += 1;
    return loadProcess(folder, `process-${this.#loaded}`, wholeServer ? serverKind : 'capability');
  }

  #fork(index: number): WorkerProcess {
    const life = (this.#starts[index] ?? 0) + 1;
    this.#starts[index] = life;
    const { store, keys, origins, workflows, keepsOneReady: _, ...settings } = this.#settings;
    const loaded = this.#next ?? this.#load();
    this.#next = undefined;
    return new WorkerProcess(loaded, {
      ...settings,
      name: `w${index + 1}.${life}`,
      origin: origins[index] ?? '',
      store: store.locationFor(index),
      members: { users: USERS, connectors: CONNECTORS },
      keys: keys.keysFor(index),
      clockOffsetMs: this.#timeMs,
      workflows,
    });
  }
}
