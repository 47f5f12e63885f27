import type { Clock, Logger, Randomness } from '@latchkey/core/server';
import type { KnownTaskDefinition, Task } from '../tasks/index.ts';
import type { TaskRunResult } from '../types.ts';
import type { TaskAborted } from './task_aborted.ts';
import type { TaskLease } from './task_lease.ts';

/**
 * How a run ended. `failed` and `timeout` count as an attempt; `released` (shutdown) and `lost` (another process has the
 * claim) do not. `unrecorded`: it ended, but the store did not take the result, so it will run again.
 */
export type RunOutcome = 'success' | 'failed' | 'timeout' | 'released' | 'lost' | 'unrecorded';

/** What a run needs besides the task. */
export interface TaskRunDeps {
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly logger: Logger;
}

/** A task that this process has claimed. */
export interface ClaimedTask {
  /** As it was when it was claimed. */
  readonly task: Task;
  readonly lease: TaskLease;
  readonly definition: KnownTaskDefinition;
}

/** Result of the task's own code. */
export type RunResult =
  | { readonly type: 'returned'; readonly value: TaskRunResult | undefined }
  | { readonly type: 'threw'; readonly error: unknown }
  | { readonly type: 'aborted'; readonly reason: TaskAborted };
