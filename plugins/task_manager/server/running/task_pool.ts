import type { Clock } from '@latchkey/core/server';
import type { ClaimedTask, RunOutcome } from './claimed_task.ts';
import { TaskAborted } from './task_aborted.ts';
import { TaskRunner } from './task_run.ts';

/** Maximum milliseconds that a stop takes, whatever the tasks do. */
const MAX_STOP_MS = 10_000;

/** Called when a run begins and ends. */
export interface RunObserver {
  started(): void;
  ended(run: {
    readonly taskType: string;
    readonly outcome: RunOutcome;
    readonly seconds: number;
  }): void;
}

/** The runs in progress of this process. */
export class TaskPool {
  readonly #clock: Clock;
  readonly #runner: TaskRunner;
  readonly #size: number;
  readonly #observer: RunObserver;
  readonly #shutdown = new AbortController();
  readonly #finishing = new Set<Promise<void>>();
  /** Tasks whose code has not returned, including those that ignored an abort. */
  readonly #busy = new Set<string>();

  constructor(
    deps: ConstructorParameters<typeof TaskRunner>[0],
    size: number,
    observer: RunObserver,
  ) {
    this.#clock = deps.clock;
    this.#runner = new TaskRunner(deps);
    this.#size = size;
    this.#observer = observer;
  }

  /** Number of tasks that may begin now. */
  get free(): number {
    return this.#shutdown.signal.aborted ? 0 : Math.max(0, this.#size - this.#finishing.size);
  }

  /**
   * Returns `true` if code of this task still runs in this process. The task must then not begin
   * again, whatever the store contains.
   */
  isBusy(taskId: string): boolean {
    return this.#busy.has(taskId);
  }

  /**
   * Begins a claimed task. After {@link stop}, the task is released immediately. `onFree` is called
   * when its slot is free again.
   */
  run(claimed: ClaimedTask, onFree: () => void): void {
    const { id, taskType } = claimed.task;
    const startedAt = this.#clock.monotonic();
    this.#busy.add(id);
    this.#observer.started();
    const { finished, returned } = this.#runner.start(claimed, this.#shutdown.signal);
    void returned.then(() => this.#busy.delete(id));
    const finishing = finished.then((outcome) => {
      this.#finishing.delete(finishing);
      const seconds = (this.#clock.monotonic() - startedAt) / 1000;
      this.#observer.ended({ taskType, outcome, seconds });
      onFree();
    });
    this.#finishing.add(finishing);
  }

  /** Aborts all runs and releases their claims. Resolves after 10 seconds at the latest. */
  async stop(): Promise<void> {
    this.#shutdown.abort(new TaskAborted('shutdown'));
    const ended = new AbortController();
    await Promise.race([
      Promise.all(this.#finishing),
      this.#clock.sleep(MAX_STOP_MS, ended.signal).catch(() => undefined),
    ]);
    ended.abort();
  }
}
