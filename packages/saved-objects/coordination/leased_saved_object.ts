import { z } from 'zod';
import { unlessConflict } from '../repository/retry_conflicts.ts';
import type { AttributeChanges, SavedObjectsRepository } from '../repository/types.ts';
import type { SavedObject } from '../types/saved_object.ts';
import type { LeasedDocument } from './lease.ts';

/** Schema of the attribute in which {@link leasedSavedObject} stores a lease. */
export const storedLease = z.strictObject({
  owner: z.string().min(1).max(512),
  until: z.iso.datetime(),
  /** The value of {@link LeaseStamp.renewals}. Stored documents have this older name for it. */
  beat: z.number().int().nonnegative(),
});

/** Attributes of a type whose objects can be leased. */
export interface LeasableAttributes {
  /** Current lease. `undefined`: no process holds it. */
  readonly lease?: z.infer<typeof storedLease> | undefined;
}

/**
 * Adapts a saved object to {@link LeasedDocument}. The lease is in its attribute `lease`. Documents
 * with another shape need their own adapter.
 * @param key names the object. An object that does not exist is created with the lease; then
 * `changes` must contain its other attributes
 */
export function leasedSavedObject<A extends LeasableAttributes>(
  repository: Pick<SavedObjectsRepository, 'getIfExists' | 'create' | 'update'>,
  key: { readonly type: string; readonly id: string; readonly namespace?: string },
): LeasedDocument<SavedObject<A>, AttributeChanges<A>> {
  const { type, id, ...space } = key;
  return {
    read: () => repository.getIfExists<A>(type, id, space),
    leaseOf: ({ attributes: { lease } }) => lease && { owner: lease.owner, renewals: lease.beat },
    write: (document, stamp, changes) => {
      const lease = stamp && {
        owner: stamp.owner,
        until: stamp.until.toISOString(),
        beat: stamp.renewals,
      };
      const attributes = { ...changes, lease };
      return unlessConflict(() =>
        document === undefined
          ? // The attributes may be incomplete. The schema of the type then rejects the object.
            repository.create<A>(type, attributes as A, { id, ...space })
          : repository.update<A>(type, id, attributes as AttributeChanges<A>, {
              version: document.version,
              ...space,
            }),
      );
    },
  };
}
