import { CONFLICT, isSavedObjectError, retryConflicts } from '@latchkey/saved-objects';
import type { Lease, LeasedDocument } from '@latchkey/saved-objects/coordination';
import type { GrantKey } from './grant_key.ts';
import type { GrantChanges, GrantRecord } from './grant_record.ts';
import type { GrantStore, NewGrant } from './grant_store.ts';

/**
 * Maximum number of attempts of one compare-and-set. Few other writes change a grant during its
 * refresh.
 */
const MAX_WRITE_ATTEMPTS = 5;

/** Lease for the refresh of a grant. */
export type GrantLease = Lease<GrantRecord, GrantChanges>;

/**
 * Describes a grant as the document of a lease, which is stored in the attribute `refresh`. If the
 * grant does not exist, it is created with the lease; `changes` are then a {@link NewGrant}.
 * @param spent hash of the refresh token that is sent under the lease. `undefined`: none is sent
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
 * Writes changes to a leased grant. After a conflict, writes them to the newer record if the lease
 * is the same; in this case, only the last use or the encryption key has changed.
 * @returns `false` if the grant was changed otherwise. `true` even if the store cannot be reached;
 * the lease then expires by itself
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

/** Returns `true` if the grant has the same lease as `leased`. */
export function isLeaseOf(current: GrantRecord | undefined, leased: GrantRecord): boolean {
  return current?.refresh?.owner === leased.refresh?.owner;
}
