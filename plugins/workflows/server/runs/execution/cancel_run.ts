import type { Clock } from '@latchkey/core/server';
import { NOT_WAITING } from '../store/run_changes.ts';
import { isFinal } from '../store/run_status.ts';
import type { RunStore } from '../store/run_store.ts';
import type { RunExecutor } from './run_executor.ts';

/** Dependencies of {@link cancelRun}. */
export interface CancelRunDeps {
  readonly store: Pick<RunStore, 'read' | 'compareAndSet'>;
  readonly executor: Pick<RunExecutor, 'cancel'>;
  readonly clock: Pick<Clock, 'now'>;
}

/**
 * Cancels a run that has not ended. If a process executes the run, the run ends soon, whichever
 * process that is.
 * @param by user who cancels the run; absent: the server cancels it
 */
export async function cancelRun(
  { store, executor, clock }: CancelRunDeps,
  id: string,
  by?: string,
): Promise<void> {
  for (;;) {
    const run = await store.read(id);
    if (run === undefined || isFinal(run.status)) return;
    const at = new Date(clock.now()).toISOString();
    // A run that waits or is queued is executed by no process, so it ends immediately.
    const isIdle = run.waits !== undefined || run.status === 'queued';
    const changed = await store.compareAndSet(run, {
      cancelRequestedAt: at,
      ...(by === undefined || run.cancelledBy !== undefined ? {} : { cancelledBy: by }),
      ...(isIdle ? { ...NOT_WAITING, status: 'cancelled', finishedAt: at, owner: undefined } : {}),
    });
    if (changed === undefined) continue;
    executor.cancel(id);
    return;
  }
}
