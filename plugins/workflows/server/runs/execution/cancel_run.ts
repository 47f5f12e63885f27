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
 * Ends a run that has not ended. One that executes ends soon, in whichever process.
 * @param by the user who cancels it; absent: the server does
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
    // Nobody executes a run that waits or is queued.
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
