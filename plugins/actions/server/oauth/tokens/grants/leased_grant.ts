import { CONFLICT, isSavedObjectError, retryConflicts } from '@latchkey/saved-objects';
import type { Lease, LeasedDocument } from '@latchkey/saved-objects/coordination';
import type { GrantKey } from './grant_key.ts';
import type { GrantChanges, GrantRecord } from './grant_record.ts';
import type { GrantStore, NewGrant } from './grant_store.ts';

/** Attempts of one compare-and-set. Other writes to a grant during its refresh are rare. */
const MAX_WRITE_ATTEMPTS = 5;

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

/**
 * Writes the changes onto the record. After a conflict it writes them onto the newer record, if
 * that has the same lease: then only the last use or the encryption key changed.
 * @returns `false`: the grant changed meanwhile. `true` also when the store cannot be reached; the
 *   lease then expires by itself
 * @throws SavedObjectError other than `store_unavailable`
 */
export async function writeUnderLease(
  store: GrantStore,
  record: GrantRecord,
  changes: GrantChanges,
): Promise<boolean> {
  try {
    return await retryConflicts<boolean>(
      async (attempt) => {
        const base = attempt === 1 ? record : await store.read(record.key);
        const isLost = attempt > 1 && (record.refresh === undefined || !isLeaseOf(base, record));
        if (base === undefined || isLost) return false;
        return (await store.compareAndSet(base, changes)) === undefined ? CONFLICT : true;
      },
      { attempts: MAX_WRITE_ATTEMPTS, contended: () => false },
    );
  } catch (error) {
    if (isSavedObjectError(error, 'store_unavailable')) return true;
    throw error;
  }
}

/** Tells if the grant still has the lease that `leased` has. */
export function isLeaseOf(current: GrantRecord | undefined, leased: GrantRecord): boolean {
  return current?.refresh?.owner === leased.refresh?.owner;
}
