import { isDeepStrictEqual } from 'node:util';
import type { Clock, Logger } from '@latchkey/core/server';
import { RunCancelled } from '@latchkey/workflow-engine';
import { storedOpenSteps } from '../store/journal_store.ts';
import type { RunStore, StoredRun } from '../store/run_store.ts';
import { RunTaken } from '../store/stored_journal.ts';
import type { RunExecution } from './run_execution.ts';

/**
 * Milliseconds between two reads of the stored runs, in which cancellations by other processes are
 * noticed.
 */
const WATCH_MS = 1_000;
/**
 * Milliseconds between two writes of results. A result that is not stored for another reason is
 * stored after one to two of these intervals.
 */
const COMMIT_MS = 500;
/**
 * Maximum number of calls in progress of one run that are stored, so that other processes can show
 * them.
 */
const MAX_SHOWN_CALLS = 20;

/** Dependencies of {@link RunWatch}. */
export interface RunWatchDeps {
  readonly store: Pick<RunStore, 'readMany' | 'compareAndSet'>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** The runs that this process executes now, by id. */
  readonly executions: ReadonlyMap<string, RunExecution>;
  /** Ends the watch when it is aborted. */
  readonly signal: AbortSignal;
}

/**
 * Watches the runs that this process executes. Compares them with the stored runs and ends those
 * that were cancelled or taken by another process. Also stores results that wait, and which calls
 * take long.
 */
export class RunWatch {
  readonly #deps: RunWatchDeps;

  constructor(deps: RunWatchDeps) {
    this.#deps = deps;
  }

  /** Begins the watch. Failed reads are logged and repeated. */
  start(): void {
    void this.#watch();
    void this.#commitResults();
  }

  /** Stores the results of runs that have been executed for a while. */
  async #commitResults(): Promise<void> {
    const { clock, executions, signal } = this.#deps;
    while (!signal.aborted) {
      await clock.sleep(COMMIT_MS, signal).catch(() => undefined);
      for (const execution of executions.values()) execution.commitWaiting();
    }
  }

  /** Looks for cancellations and takeovers by other processes while this process executes runs. */
  async #watch(): Promise<void> {
    const { clock, store, logger, executions, signal } = this.#deps;
    let isShowing = false;
    while (!signal.aborted) {
      await clock.sleep(WATCH_MS, signal).catch(() => undefined);
      const watched = [...executions.values()];
      if (signal.aborted || watched.length === 0) continue;
      try {
        const ids = watched.map(({ run }) => run.id);
        const stored = new Map((await store.readMany(ids)).map((run) => [run.id, run]));
        for (const execution of watched) endIfLost(execution, stored.get(execution.run.id));
        if (isShowing) continue;
        isShowing = true;
        // Not awaited: the writes for many runs take longer than a request to cancel may wait.
        void Promise.all(watched.map((each) => this.#showCalls(each, stored.get(each.run.id))))
          .catch((error: unknown) =>
            logger.warn(
              'The calls in progress of workflow runs could not be stored; this will be retried',
              { error },
            ),
          )
          .finally(() => {
            isShowing = false;
          });
      } catch (error) {
        logger.warn('Requests to cancel runs could not be read; this will be retried', { error });
      }
    }
  }

  /** Stores which calls of a run take long, so that other processes can show them. */
  async #showCalls(execution: RunExecution, stored: StoredRun | undefined): Promise<void> {
    if (stored === undefined || execution.signal.aborted) return;
    const before = new Date(this.#deps.clock.now() - WATCH_MS).toISOString();
    const long = [...execution.calls].filter(({ startedAt }) => startedAt <= before);
    const steps = long.slice(0, MAX_SHOWN_CALLS);
    const shown = steps.map(({ name: stepId, type: stepType, startedAt }) => ({
      stepId,
      stepType,
      startedAt,
    }));
    if (isDeepStrictEqual(shown, stored.currentSteps ?? [])) return;
    const changes =
      steps.length === 0
        ? { currentSteps: undefined, activeSteps: undefined }
        : { currentSteps: shown, activeSteps: storedOpenSteps(steps) };
    await this.#deps.store.compareAndSet(stored, changes);
  }
}

/**
 * Ends an execution whose run was cancelled, deleted, or taken by another process.
 * @param stored absent: the run was deleted together with its space
 */
function endIfLost(execution: RunExecution, stored: StoredRun | undefined): void {
  const { run } = execution;
  // A higher epoch: another owner, or this process again, claimed the run after `run` was read.
  if (stored === undefined || stored.epoch > run.epoch) execution.abort(new RunTaken(run.id));
  else if (stored.cancelRequestedAt !== undefined) execution.abort(new RunCancelled());
}
