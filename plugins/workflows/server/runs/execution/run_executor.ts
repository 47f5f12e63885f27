import { RunCancelled } from '@latchkey/workflow-engine';
import { quotaOwner } from '../store/quota_owner.ts';
import type { StoredRun } from '../store/run_store.ts';
import { RunExecution, type RunExecutionDeps, RunInterrupted } from './run_execution.ts';
import type { RunMemory } from './run_memory.ts';
import { type QueuedRun, RunQueue } from './run_queue.ts';
import { RunWatch } from './run_watch.ts';

/** Dependencies of {@link RunExecutor}. */
export interface RunExecutorDeps extends RunExecutionDeps {
  /** Maximum number of runs that this process executes at the same time. Others wait in memory. */
  readonly maxActive: number;
  /** Counts the characters of the records of these runs. */
  readonly memory: RunMemory;
}

/**
 * Executes runs that this process owns: as many as there is room for. The others wait in a queue
 * that serves users in turn.
 */
export class RunExecutor {
  readonly #deps: RunExecutorDeps;
  readonly #executions = new Map<string, RunExecution>();
  /** Promises that resolve when an execution and its writes have ended. */
  readonly #ends = new Map<RunExecution, Promise<void>>();
  readonly #queue: RunQueue;
  readonly #stopping = new AbortController();

  constructor(deps: RunExecutorDeps) {
    this.#deps = deps;
    this.#queue = new RunQueue(deps.memory, deps.maxActive);
  }

  /** Starts the watch for cancellations, and the writes of results of long runs. */
  start(): void {
    const { store, clock, logger } = this.#deps;
    const executions = this.#executions;
    new RunWatch({ store, clock, logger, executions, signal: this.#stopping.signal }).start();
  }

  /** Returns `true` if a run can be executed now. `false`: the run is queued. */
  hasRoomFor(run: QueuedRun): boolean {
    return this.#queue.hasRoomFor(run);
  }

  /** Number of further runs that can be executed at the same time. */
  get free(): number {
    return this.#queue.free;
  }

  /** Executes a run in the background. The stored run must name this process as its owner. */
  execute(run: StoredRun): void {
    if (this.#stopping.signal.aborted) return;
    if (!this.hasRoomFor(run)) {
      this.#queue.push(run);
      return;
    }
    this.#queue.begin(run);
    this.#begin(run);
  }

  #begin(run: StoredRun): void {
    const { memory } = this.#deps;
    const held = memory.hold(quotaOwner(run), charactersOf(run), () => this.#executeQueued());
    const stopping = this.#stopping.signal;
    const execution = new RunExecution(run, this.#deps, { held, stopping });
    this.#executions.set(run.id, execution);
    const end = execution.execute().then((queued) => {
      this.#ends.delete(execution);
      // The run may have been taken again meanwhile, with a newer execution.
      const isOwn = this.#executions.get(run.id) === execution;
      if (isOwn) this.#executions.delete(run.id);
      held.release();
      this.#queue.end(run);
      if (isOwn && queued !== undefined && !execution.signal.aborted) this.#queue.pushFirst(queued);
      this.#executeQueued();
    });
    this.#ends.set(execution, end);
  }

  /**
   * Executes queued runs while there is room: the end of one large run can give room to several.
   */
  #executeQueued(): void {
    while (!this.#stopping.signal.aborted) {
      const next = this.#queue.take();
      if (next === undefined) return;
      this.#begin(next);
    }
  }

  /** Returns `true` if this process executes a run or has it in its queue. */
  has(runId: string): boolean {
    return this.#executions.has(runId) || this.#queue.has(runId);
  }

  /** Cancels a run that this process executes. A queued run is only removed from the queue. */
  cancel(runId: string): void {
    this.#queue.remove(runId);
    this.#executions.get(runId)?.abort(new RunCancelled());
    // Other runs may have waited behind the removed run.
    this.#executeQueued();
  }

  /**
   * Interrupts all runs, because this process stops or has lost its lease. Another process can
   * continue them.
   */
  interrupt(): void {
    this.#queue.clear();
    for (const execution of this.#executions.values()) execution.abort(new RunInterrupted());
  }

  /**
   * Interrupts all runs and waits until their writes have ended. Also ends the worker processes
   * that read YAML, because reading a long text can take many seconds.
   */
  async stop(): Promise<void> {
    this.#stopping.abort(new Error('The server is stopping.'));
    this.interrupt();
    await Promise.all([this.#deps.stepTypes.documents.close(), ...this.#ends.values()]);
  }
}

/**
 * Characters of the records of a run. `undefined`: not known, because the last process of the run
 * did not store the number.
 */
function charactersOf({ recordCharacters, epoch, seq }: StoredRun): number | undefined {
  return epoch === 0 && seq === 0 ? 0 : recordCharacters;
}
