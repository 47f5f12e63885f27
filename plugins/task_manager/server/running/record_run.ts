import type { Clock, Logger, Randomness } from '@latchkey/core/server';
import { nextRunAt, retryDelayMs } from '../scheduling/index.ts';
import type { Task, TaskChanges } from '../tasks/index.ts';
import type { ClaimedTask, RunOutcome, RunResult } from './claimed_task.ts';

/** Ends claims in the store according to the results of runs. */
export class RunRecorder {
  readonly #clock: Clock;
  readonly #randomness: Randomness;
  readonly #logger: Logger;

  constructor(deps: {
    readonly clock: Clock;
    readonly randomness: Randomness;
    readonly logger: Logger;
  }) {
    this.#clock = deps.clock;
    this.#randomness = deps.randomness;
    this.#logger = deps.logger;
  }

  /**
   * Ends a claim according to the result of its run. Logs failures once.
   * @throws SavedObjectError when the store cannot be reached until the claim expires
   */
  async record(claimed: ClaimedTask, result: RunResult): Promise<RunOutcome> {
    const { id } = claimed.task;
    if (result.type === 'aborted' && result.reason.code === 'claim_lost') {
      this.#logger.warn(`Task [${id}] lost its claim and was aborted; another process runs it`);
      return 'lost';
    }
    const kept = await this.#retryWhileClaimed(claimed, () => this.#write(claimed, result));
    if (!kept) {
      this.#logger.warn(
        `Task [${id}] finished after another process took over its claim; its result is discarded`,
      );
      return 'lost';
    }
    return this.#report(claimed, result);
  }

  /** Writes the result. Resolves to `false` when this process no longer holds the claim. */
  #write({ lease, definition: { maxAttempts } }: ClaimedTask, result: RunResult): Promise<boolean> {
    const randomness = this.#randomness;
    return lease.release((task) =>
      isDone(task, result)
        ? 'remove'
        : changesAfter(task, result, { now: this.#clock.now(), randomness, maxAttempts }),
    );
  }

  /**
   * Repeats a write while the store is unavailable, because a task whose result is not recorded
   * runs again.
   */
  async #retryWhileClaimed<T>(
    { lease: { ttlMs } }: ClaimedTask,
    write: () => Promise<T>,
  ): Promise<T> {
    const deadline = this.#clock.monotonic() + ttlMs;
    for (;;) {
      try {
        return await write();
      } catch (error) {
        if (this.#clock.monotonic() + ttlMs / 10 >= deadline) throw error;
        await this.#clock.sleep(ttlMs / 10);
      }
    }
  }

  #report({ task, definition }: ClaimedTask, result: RunResult): RunOutcome {
    if (result.type === 'returned') {
      this.#logger.debug(`Task [${task.id}] succeeded`);
      return 'success';
    }
    if (result.type === 'aborted' && result.reason.code === 'shutdown') {
      this.#logger.debug(`Task [${task.id}] was released because the server stops`);
      return 'released';
    }
    const error = result.type === 'threw' ? result.error : result.reason;
    const isLast = task.attempts >= definition.maxAttempts;
    const next = !isLast
      ? 'it will be retried'
      : isOneOff(task)
        ? 'it is given up'
        : 'it waits for its next run';
    const message = `Task [${task.id}] of type [${task.taskType}] failed on attempt ${task.attempts} of ${definition.maxAttempts}; ${next}`;
    if (isLast) this.#logger.error(message, { error });
    else this.#logger.warn(message, { error });
    return result.type === 'aborted' ? 'timeout' : 'failed';
  }
}

/**
 * Returns `true` if the task is removed after the run: it asked for this, or it is a one-off task
 * that did not ask for another run.
 */
function isDone(task: Task, result: RunResult): boolean {
  if (result.type !== 'returned') return false;
  const { remove = false, runAt } = result.value ?? {};
  return remove || (isOneOff(task) && runAt === undefined);
}

const isOneOff = ({ intervalMs, calendar }: Task): boolean =>
  intervalMs === undefined && calendar === undefined;

/** Changes of the task after a run. */
function changesAfter(
  task: Task,
  result: RunResult,
  {
    now,
    randomness,
    maxAttempts,
  }: { readonly now: number; readonly randomness: Randomness; readonly maxAttempts: number },
): TaskChanges {
  const { intervalMs, attempts } = task;
  const inMs = (delayMs: number) => new Date(now + delayMs).toISOString();
  if (result.type === 'aborted' && result.reason.code === 'shutdown') {
    // The task is due immediately for any running process. The interrupted attempt does not count.
    return { status: 'idle', attempts: Math.max(0, attempts - 1) };
  }
  const next = nextRunAt(task, now, randomness);
  if (result.type === 'returned') {
    const runAt = result.value?.runAt ?? next;
    const state = { ...(result.value?.state ?? task.state) };
    if (runAt === undefined) return { status: 'failed', state };
    return { status: 'idle', attempts: 0, runAt: runAt.toISOString(), state };
  }
  if (attempts < maxAttempts) {
    const runAt = inMs(retryDelayMs(attempts, intervalMs, randomness));
    return { status: 'idle', runAt };
  }
  if (next === undefined) return { status: 'failed' };
  return { status: 'idle', attempts: 0, runAt: next.toISOString() };
}
