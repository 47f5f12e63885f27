import { SavedObjectError } from '@latchkey/saved-objects';
import { backoffMs } from '@latchkey/saved-objects/coordination';
import type { GrantChanges, GrantRecord } from '../grants/grant_record.ts';
import { isLeaseOf } from '../grants/leased_grant.ts';
import { isStillNewest, RESPONSE_LOST, withoutDetails } from './refresh_outcome.ts';
import type { RefreshDeps } from './refresh_request.ts';

/** Pauses between two attempts to write refreshed tokens that the store refuses. */
const SAVE_BACKOFF = { initialMs: 100, maxMs: 5_000 };

/**
 * Refreshed tokens that are not saved yet. The refresh token that they replace is spent, so the
 * grant ends if they are lost.
 */
export interface UnsavedTokens {
  /** The grant with the lease under which the tokens were requested. */
  readonly leased: GrantRecord;
  /** Changes that contain the tokens. */
  readonly changes: GrantChanges;
  /** Returns changes that depend on the stored grant. Called again after a conflict. */
  readonly changesOnto: (current: GrantRecord) => GrantChanges;
  /** Called once, if the store refuses the first write. */
  readonly onRefusal: () => void;
}

/**
 * Result of writing such tokens.
 * - `superseded`: the grant `current` has ended, or was replaced or refreshed meanwhile. `changes`
 *   were not written.
 * - `refused`: the store refused the tokens until the deadline.
 */
export type SaveResult =
  | { readonly type: 'saved'; readonly record: GrantRecord }
  | {
      readonly type: 'superseded';
      readonly current: GrantRecord | undefined;
      readonly changes: GrantChanges;
    }
  | { readonly type: 'refused' };

/**
 * Writes tokens that exist only in memory, so it does not give up early. After a conflict it reads
 * the grant again and decides again. If the store cannot be reached, the write is repeated for
 * minutes.
 * @throws errors of the store that are not a SavedObjectError
 */
export async function saveTokens(
  { clock, store, timings }: Pick<RefreshDeps, 'clock' | 'store' | 'timings'>,
  { leased, changes: tokens, changesOnto, onRefusal }: UnsavedTokens,
): Promise<SaveResult> {
  let changes = tokens;
  let base = leased;
  const giveUpAt = clock.monotonic() + timings.saveMs;
  for (let failures = 0; ; ) {
    try {
      const record = await store.compareAndSet(base, changes);
      if (record !== undefined) return { type: 'saved', record };
      const current = await store.read(leased.key);
      if (!isStillNewest(current, leased)) return { type: 'superseded', current, changes };
      if (!isLeaseOf(current, leased)) {
        // The lease was lost, so another process may have sent the same refresh token. If the
        // provider ends the grant because of that, the cause is a lost response.
        changes = { ...changes, lastError: { code: RESPONSE_LOST, at: new Date(clock.now()) } };
      }
      changes = { ...changes, ...changesOnto(current) };
      base = current;
    } catch (error) {
      if (!(error instanceof SavedObjectError)) throw error;
      const withoutOptional =
        error.code === 'invalid_attributes' ? withoutDetails(changes) : undefined;
      if (withoutOptional !== undefined) {
        changes = withoutOptional;
        continue;
      }
      failures += 1;
      if (failures === 1) onRefusal();
      if (clock.monotonic() > giveUpAt) return { type: 'refused' };
      // Renews the lease with this write, several times per lifetime of the lease: the heartbeat
      // has stopped.
      await clock.sleep(Math.min(timings.leaseTtlMs / 4, backoffMs(SAVE_BACKOFF, failures)));
    }
  }
}
