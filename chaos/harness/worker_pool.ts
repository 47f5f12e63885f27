import type { HistoryEvent } from '../history/events.ts';
import type { Recorder } from '../history/recorder.ts';
import type { Mutation } from '../mutation.ts';
import type { Command } from '../worker/protocol.ts';
import { WorkerGoneError, WorkerProcess } from './worker_process.ts';

/** All processes on the store, and the time they live in. */
export class WorkerPool {
  readonly #settings: {
    readonly folder: string;
    readonly origin: string;
    readonly mutation: Mutation | undefined;
    readonly recorder: Recorder;
  };
  readonly #lives: number[];
  readonly #workers: WorkerProcess[] = [];
  readonly #buried: WorkerProcess[] = [];
  /** What all wall clocks are ahead of the machine's, milliseconds. */
  #timeMs = 0;

  constructor(
    settings: {
      readonly folder: string;
      readonly origin: string;
      readonly mutation: Mutation | undefined;
      readonly recorder: Recorder;
    },
    processes: number,
  ) {
    this.#settings = settings;
    this.#lives = Array.from({ length: processes }, () => 0);
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

  /** Lets time pass for everybody, and takes back what was skewed. */
  async advance(ms: number): Promise<void> {
    this.#timeMs += ms;
    await this.tellAll({ do: 'clock', offsetMs: this.#timeMs });
  }

  /** One worker's wall clock, relative to everybody's. */
  skew(index: number, offsetMs: number): Promise<unknown> {
    return this.at(index).ask({ do: 'clock', offsetMs: this.#timeMs + offsetMs });
  }

  /** Workers that are gone are left out. */
  async tellAll(command: Command): Promise<void> {
    await Promise.all(
      this.#workers.map((worker) =>
        worker.ask(command).catch((error: unknown) => {
          if (!(error instanceof WorkerGoneError)) throw error;
        }),
      ),
    );
  }

  /** Everything workers wrote since the last time, dead ones included. */
  takeEvents(): HistoryEvent[] {
    const events = [...this.#buried, ...this.#workers].flatMap((worker) => worker.takeEvents());
    this.#buried.length = 0;
    return events;
  }

  async stop(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.kill()));
  }

  #fork(index: number): WorkerProcess {
    const life = (this.#lives[index] ?? 0) + 1;
    this.#lives[index] = life;
    return new WorkerProcess({
      ...this.#settings,
      name: `w${index + 1}.${life}`,
      // Old and new key side by side, as during a rotation.
      writesWithKey: (index + life) % 2 === 0 ? 0 : 1,
      clockOffsetMs: this.#timeMs,
    });
  }
}
