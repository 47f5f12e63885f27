import type { Randomness } from '@latchkey/core/server';
import { nextRunAt, retryDelayMs } from '../scheduling/index.ts';
import type { Task, TaskChanges } from '../tasks/index.ts';
import type { ClaimedTask, RunOutcome, RunResult, TaskRunDeps } from './claimed_task.ts';

/**
 * Ends a claim in the store according to the result of the run. Logs failures once.
 * @throws SavedObjectError when the store cannot be reached until the claim expires
 */
export async function recordRun(
  claimed: ClaimedTask,
  result: RunResult,
  deps: TaskRunDeps,
): Promise<RunOutcome> {
  if (result.type === 'aborted' && result.reason.code === 'claim_lost') {
    deps.logger.warn(
      `Task [${claimed.task.id}] lost its claim and was aborted; another process runs it`,
    );
    return 'lost';
  }
  const kept = await retryWhileClaimed(claimed, deps, () => writeResult(claimed, result, deps));
  if (!kept) {
    deps.logger.warn(
      `Task [${claimed.task.id}] finished after another process took over its claim; its result is discarded`,
    );
    return 'lost';
  }
  return report(claimed, result, deps);
}

/** Resolves to `false` when this process no longer holds the claim. */
function writeResult(
  { lease, definition: { maxAttempts } }: ClaimedTask,
  result: RunResult,
  { clock, randomness }: TaskRunDeps,
): Promise<boolean> {
  return lease.release((task) =>
    isDone(task, result)
      ? 'remove'
      : changesAfter(task, result, { now: clock.now(), randomness, maxAttempts }),
  );
}

/** A one-off task that returned without asking for another run. */
function isDone(task: Task, result: RunResult): boolean {
  return isOneOff(task) && result.type === 'returned' && result.value?.runAt === undefined;
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
    // Due at once for any running process. The interrupted attempt does not count.
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

/** Retries while the store is unavailable: a run that is not recorded runs again. */
async function retryWhileClaimed<T>(
  { lease: { ttlMs } }: ClaimedTask,
  { clock }: TaskRunDeps,
  write: () => Promise<T>,
): Promise<T> {
  const deadline = clock.monotonic() + ttlMs;
  for (;;) {
    try {
      return await write();
    } catch (error) {
      if (clock.monotonic() + ttlMs / 10 >= deadline) throw error;
      await clock.sleep(ttlMs / 10);
    }
  }
}

function report(
  { task, definition }: ClaimedTask,
  result: RunResult,
  { logger }: TaskRunDeps,
): RunOutcome {
  if (result.type === 'returned') {
    logger.debug(`Task [${task.id}] succeeded`);
    return 'success';
  }
  if (result.type === 'aborted' && result.reason.code === 'shutdown') {
    logger.debug(`Task [${task.id}] was released because the server stops`);
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
  if (isLast) logger.error(message, { error });
  else logger.warn(message, { error });
  return result.type === 'aborted' ? 'timeout' : 'failed';
}
