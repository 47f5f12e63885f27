import type { Clock } from '@latchkey/core/server';
import { Heartbeat } from '@latchkey/saved-objects/coordination';
import type { ClaimedTask, RunOutcome, RunResult, TaskRunDeps } from './claimed_task.ts';
import { recordRun } from './record_run.ts';
import { TaskAborted } from './task_aborted.ts';

/** A task that is told to end gets this long to do so before it is left behind. */
const GRACE_MS = 8_000;

/** A run under way. */
export interface TaskRun {
  /** Resolves when the outcome is recorded; never rejects. */
  readonly finished: Promise<RunOutcome>;
  /** Resolves when the task's own code has returned, which may be later if it ignores the signal; never rejects. */
  readonly settled: Promise<void>;
}

/**
 * Runs a claimed task: heartbeats while it lasts, an abort at its timeout, at `shutdown` and when the claim is lost, then
 * one write that ends the claim.
 */
export function startRun(claimed: ClaimedTask, deps: TaskRunDeps, shutdown: AbortSignal): TaskRun {
  const { definition, lease, task } = claimed;
  const abort = new AbortController();
  const signal = AbortSignal.any([abort.signal, shutdown]);
  const code = callTask(claimed, deps, signal);
  const finish = async (): Promise<RunOutcome> => {
    const over = new AbortController();
    // Told to end before others may take over, so that two runs do not overlap.
    const heartbeat = new Heartbeat({ lease, clock: deps.clock, onSilence: 'give_up' });
    const onLost = () => abort.abort(new TaskAborted('claim_lost'));
    heartbeat.lost.addEventListener('abort', onLost, { once: true });
    const timing = deps.clock.sleep(definition.timeoutMs, over.signal).then(
      () => abort.abort(new TaskAborted('timeout')),
      () => undefined,
    );
    const result = await Promise.race([code, endAfterGrace(signal, deps.clock, over.signal)]);
    // A result that came after the abort is not trusted to be complete.
    const judged: RunResult =
      signal.reason instanceof TaskAborted ? { type: 'aborted', reason: signal.reason } : result;
    over.abort();
    await Promise.all([heartbeat.stop(), timing]);
    return recordRun(claimed, judged, deps);
  };
  const finished = finish().catch((error): RunOutcome => {
    deps.logger.error(`Task [${task.id}] ran, but its end could not be recorded`, { error });
    return 'unrecorded';
  });
  return { finished, settled: code.then(() => undefined) };
}

async function callTask(
  { task, definition }: ClaimedTask,
  { logger }: TaskRunDeps,
  signal: AbortSignal,
): Promise<RunResult> {
  try {
    const value = await definition.run({
      taskId: task.id,
      params: task.params,
      state: task.state,
      signal,
      attempt: task.attempts,
      logger: logger.get(task.taskType),
    });
    return { type: 'returned', value };
  } catch (error) {
    return { type: 'threw', error };
  }
}

/** Resolves some time after an abort, for tasks that do not listen. */
async function endAfterGrace(
  signal: AbortSignal,
  clock: Clock,
  over: AbortSignal,
): Promise<RunResult> {
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
  await clock.sleep(GRACE_MS, over).catch(() => undefined);
  return { type: 'aborted', reason: signal.reason };
}
