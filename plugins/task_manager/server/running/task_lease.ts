import type { Lease, LeasedDocument } from '@latchkey/saved-objects/coordination';
import { NO_CLAIM, type Task, type TaskChanges, type TaskStore } from '../tasks/index.ts';

/** Changes that are written together with a claim. `remove` deletes the task. */
export type ClaimChanges = TaskChanges | 'remove';

/** The claim of a task. Its holder may run the task and write its result. */
export type TaskLease = Lease<Task, ClaimChanges>;

/**
 * Makes a task the target of a lease. The id of the claim is the owner of the lease. A claim needs
 * no heartbeat counter, because every renewal changes the version of the row.
 */
export function leasedTask(
  store: TaskStore,
  {
    id,
    ownerId,
    claimMs,
  }: { readonly id: string; readonly ownerId: string; readonly claimMs: number },
): LeasedDocument<Task, ClaimChanges> {
  return {
    read: () => store.get(id),
    leaseOf: ({ claim }) => claim && { owner: claim.id, renewals: 0 },
    write: async (task, stamp, changes = {}) => {
      if (task === undefined) throw new Error(`A claim cannot create task [${id}].`);
      if (changes === 'remove') return (await store.remove(task)) ? task : undefined;
      const claim =
        stamp === undefined
          ? NO_CLAIM
          : { ownerId, claimId: stamp.owner, claimMs, claimUntil: stamp.until.toISOString() };
      return store.update(task, { ...changes, ...claim });
    },
  };
}
