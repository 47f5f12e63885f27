import { SavedObjectError } from '@latchkey/saved-objects';
import { backoffMs } from '@latchkey/saved-objects/coordination';
import type { GrantChanges, GrantRecord } from '../grants/grant_record.ts';
import { isLeaseOf } from '../grants/leased_grant.ts';
import { isStillNewest, RESPONSE_LOST, withoutDetails } from './refresh_outcome.ts';
import type { RefreshDeps } from './refresh_request.ts';

/** Pauses between two writes of refreshed tokens, while the store refuses them. */
const SAVE_BACKOFF = { initialMs: 100, maxMs: 5_000 };

/** Tokens that exist nowhere else, because the refresh token they replace is spent. */
export interface UnsavedTokens {
  /** The grant under whose lease the tokens were requested. */
  readonly leased: GrantRecord;
  /** Changes that store the tokens. */
  readonly changes: GrantChanges;
  /** Changes that depend on the stored grant, computed anew from the one that caused a conflict. */
  readonly changesOnto: (current: GrantRecord) => GrantChanges;
  /** Called once, when the store refuses the first write. */
  readonly onRefusal: () => void;
}

/**
 * Result of writing tokens that exist nowhere else.
 * - `superseded`: `current` has ended, was replaced or was refreshed meanwhile. `changes` were not
 *   written.
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
 * Writes tokens that exist nowhere else, so it does not give up early. After a conflict it reads
 * the grant again and decides anew. A store that cannot be reached is retried for minutes.
 * @throws anything but a SavedObjectError that the store throws
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
        // Another process may have sent the refresh token that this process spent. If the
        // provider ended the grant because of that, the true cause is a lost response.
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
      // Only this write renews the lease. It is repeated several times per lifetime of the lease.
      await clock.sleep(Math.min(timings.leaseTtlMs / 4, backoffMs(SAVE_BACKOFF, failures)));
    }
  }
}
