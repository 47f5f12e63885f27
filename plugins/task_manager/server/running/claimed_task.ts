import type { KnownTaskDefinition, Task } from '../tasks/index.ts';
import type { TaskRunResult } from '../types.ts';
import type { TaskAborted } from './task_aborted.ts';
import type { TaskLease } from './task_lease.ts';

/**
 * Outcome of a run. `failed` and `timeout` count as an attempt. `released` (shutdown) and `lost`
 * (another process has the claim) do not. `unrecorded`: the run has ended, but its result could not
 * be stored, so the task will run again.
 */
export type RunOutcome = 'success' | 'failed' | 'timeout' | 'released' | 'lost' | 'unrecorded';

/** A task that this process has claimed. */
export interface ClaimedTask {
  /** The task at the time of the claim. */
  readonly task: Task;
  readonly lease: TaskLease;
  readonly definition: KnownTaskDefinition;
}

/** Result of the task's own code. */
export type RunResult =
  | { readonly type: 'returned'; readonly value: TaskRunResult | undefined }
  | { readonly type: 'threw'; readonly error: unknown }
  | { readonly type: 'aborted'; readonly reason: TaskAborted };
