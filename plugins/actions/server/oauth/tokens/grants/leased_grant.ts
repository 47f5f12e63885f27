import type { Lease, LeasedDocument } from '@latchkey/saved-objects/coordination';
import type { GrantKey } from './grant_key.ts';
import type { GrantChanges, GrantRecord } from './grant_record.ts';
import type { GrantStore, NewGrant } from './grant_store.ts';

/** The lease of a grant's refresh. */
export type GrantLease = Lease<GrantRecord, GrantChanges>;

/**
 * A grant as the target of leases, which are kept in the `refresh` attribute of its document. A
 * grant that does not exist is created with the lease; `changes` are then a {@link NewGrant}.
 * @param spent hash of the refresh token that is spent under the lease. `undefined`: none
 */
export function leasedGrant(
  store: GrantStore,
  key: GrantKey,
  spent: string | undefined,
): LeasedDocument<GrantRecord, GrantChanges> {
  return {
    read: () => store.read(key),
    leaseOf: ({ refresh }) => refresh,
    write: (record, stamp, changes) => {
      const refresh = stamp && { ...stamp, spent };
      return record === undefined
        ? store.create(key, { ...(changes as NewGrant), refresh })
        : store.compareAndSet(record, { ...changes, refresh });
    },
  };
}
