import type { Clock, Logger, Randomness } from '@latchkey/core/server';
import { Heartbeat } from '@latchkey/saved-objects/coordination';
import { lastOccurrence } from '../scheduling/index.ts';
import type { ClaimedTask, RunOutcome, RunResult } from './claimed_task.ts';
import { RunRecorder } from './record_run.ts';
import { TaskAborted } from './task_aborted.ts';

/**
 * Milliseconds that a task has to end after an abort. After them, its claim is released although
 * the task still runs.
 */
const GRACE_MS = 8_000;

/** A run in progress. */
export interface TaskRun {
  /** Resolves when the outcome is recorded. Never rejects. */
  readonly finished: Promise<RunOutcome>;
  /**
   * Resolves when the task's own code has returned. This is later than `finished` if the code
   * ignores the abort signal. Never rejects.
   */
  readonly returned: Promise<void>;
}

/** Runs claimed tasks, and records their results. */
export class TaskRunner {
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #recorder: RunRecorder;

  constructor(deps: {
    readonly clock: Clock;
    readonly randomness: Randomness;
    readonly logger: Logger;
  }) {
    this.#clock = deps.clock;
    this.#logger = deps.logger;
    this.#recorder = new RunRecorder(deps);
  }

  /**
   * Runs a claimed task with heartbeats. Aborts it at its timeout, at `shutdown` and when the claim
   * is lost. Then one write ends the claim.
   */
  start(claimed: ClaimedTask, shutdown: AbortSignal): TaskRun {
    const abort = new AbortController();
    const signal = AbortSignal.any([abort.signal, shutdown]);
    const code = this.#call(claimed, signal);
    const finished = this.#finish(claimed, code, { abort, signal }).catch((error): RunOutcome => {
      this.#logger.error(
        `Task [${claimed.task.id}] ran, but its result could not be stored; it will run again`,
        { error },
      );
      return 'unrecorded';
    });
    return { finished, returned: code.then(() => undefined) };
  }

  async #finish(
    claimed: ClaimedTask,
    code: Promise<RunResult>,
    { abort, signal }: { readonly abort: AbortController; readonly signal: AbortSignal },
  ): Promise<RunOutcome> {
    const { definition, lease } = claimed;
    const clock = this.#clock;
    const ended = new AbortController();
    // The run is aborted before other processes may take over the task, so that two runs do not
    // overlap.
    const heartbeat = new Heartbeat({ lease, clock, onSilence: 'give_up' });
    const onLost = () => abort.abort(new TaskAborted('claim_lost'));
    heartbeat.lost.addEventListener('abort', onLost, { once: true });
    const timing = clock.sleep(definition.timeoutMs, ended.signal).then(
      () => abort.abort(new TaskAborted('timeout')),
      () => undefined,
    );
    const result = await Promise.race([code, endAfterGrace(signal, clock, ended.signal)]);
    // A result that arrives after the abort may be incomplete, so it is discarded.
    const final: RunResult =
      signal.reason instanceof TaskAborted ? { type: 'aborted', reason: signal.reason } : result;
    ended.abort();
    await Promise.all([heartbeat.stop(), timing]);
    return this.#recorder.record(claimed, final);
  }

  async #call({ task, definition }: ClaimedTask, signal: AbortSignal): Promise<RunResult> {
    try {
      const value = await definition.run({
        taskId: task.id,
        params: task.params,
        state: task.state,
        signal,
        attempt: task.attempts,
        occurrence: task.calendar && lastOccurrence(task.calendar, task.runAt.getTime()),
        logger: this.#logger.get(task.taskType),
      });
      return { type: 'returned', value };
    } catch (error) {
      return { type: 'threw', error };
    }
  }
}

/** Resolves a while after an abort, for tasks that ignore the abort. */
async function endAfterGrace(
  signal: AbortSignal,
  clock: Clock,
  ended: AbortSignal,
): Promise<RunResult> {
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
  await clock.sleep(GRACE_MS, ended).catch(() => undefined);
  return { type: 'aborted', reason: signal.reason };
}
