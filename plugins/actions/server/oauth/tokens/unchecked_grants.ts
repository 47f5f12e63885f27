import type { Clock } from '@latchkey/core/server';
import { CONFLICT, retryConflicts } from '@latchkey/saved-objects';
import { BoundedPool } from '../limits/index.ts';
import type { GrantKey } from './grants/grant_key.ts';
import { type GrantRecord, isUsable } from './grants/grant_record.ts';
import type { GrantStore } from './grants/grant_store.ts';
import { GRANT_RETRIES } from './grants/token_errors.ts';
import type { RevocationClient } from './revocation/client_resolver.ts';
import type { GrantRevoker } from './revocation/grant_revoker.ts';

const CONCURRENCY = 10;
/**
 * Age at which the background task checks a grant, in milliseconds. The process that stored it
 * usually checks it within a second.
 */
const DUE_AFTER_MS = 60_000;
/** Difference between the clocks of two servers that is ignored, in milliseconds. */
const CLOCK_TOLERANCE_MS = 60_000;

/** A grant whose connector and user must be checked. */
export interface UncheckedGrant
  extends Pick<GrantRecord, 'clientFingerprint' | 'generation' | 'spaceId'> {
  readonly connectorId: string;
  readonly profileUid: string;
  /**
   * Client that obtained the grant. `undefined`: the connector is preconfigured, or a server of an
   * older version stored the grant.
   */
  readonly client: RevocationClient | undefined;
}

/** Finds grants that were not checked since they were stored, and removes their marks. */
export class UncheckedGrants {
  readonly #store: GrantStore;
  readonly #grantRevoker: Pick<GrantRevoker, 'readOrClear'>;
  readonly #clock: Pick<Clock, 'now'>;

  constructor(deps: {
    readonly store: GrantStore;
    readonly grantRevoker: Pick<GrantRevoker, 'readOrClear'>;
    readonly clock: Pick<Clock, 'now'>;
  }) {
    this.#store = deps.store;
    this.#grantRevoker = deps.grantRevoker;
    this.#clock = deps.clock;
  }

  /**
   * Removes the mark of a grant that has passed the check. Changes nothing if the grant has another
   * generation by now: the check of this one says nothing about it.
   * @throws TokenUnavailableError, SavedObjectError; the check is then made again later
   */
  async markChecked({
    connectorId,
    profileUid,
    generation,
  }: Pick<UncheckedGrant, 'connectorId' | 'generation' | 'profileUid'>): Promise<void> {
    const key: GrantKey = { scope: 'per-user', connectorId, profileUid };
    await retryConflicts(async () => {
      const record = await this.#store.read(key);
      if (record?.unchecked === undefined || record.generation !== generation) return undefined;
      const saved = await this.#store.compareAndSet(record, { unchecked: undefined });
      return saved === undefined ? CONFLICT : undefined;
    }, GRANT_RETRIES);
  }

  /**
   * Calls `check` for each unchecked grant that was stored at least a minute ago, or has a date
   * more than a minute in the future (from a server whose clock is ahead). Grants that have ended
   * only lose their mark.
   * @throws the first error, after all other grants were processed
   */
  async forEachDue(
    check: (grant: UncheckedGrant) => Promise<void>,
    signal: AbortSignal,
  ): Promise<void> {
    const now = this.#clock.now();
    const [before, after] = [new Date(now - DUE_AFTER_MS + 1), new Date(now + CLOCK_TOLERANCE_MS)];
    const process = async ({ key }: GrantRecord): Promise<void> => {
      // Reads the grant again, because the iteration does not decrypt the client.
      const record = await this.#grantRevoker.readOrClear(key);
      if (record?.unchecked === undefined || record.key.scope === 'shared') return;
      // Servers of an older version keep the mark when they end a grant.
      if (!isUsable(record)) {
        await this.#store.compareAndSet(record, { unchecked: undefined });
        return;
      }
      const { connectorId, profileUid } = record.key;
      const { clientFingerprint, generation, spaceId } = record;
      const { client } = record.unchecked;
      await check({
        connectorId,
        profileUid,
        spaceId,
        clientFingerprint,
        generation,
        client: client?.fingerprint === clientFingerprint ? client : undefined,
      });
    };
    const due = this.#store.iterate({ unchecked: { before, after } });
    await new BoundedPool(CONCURRENCY).forEach(due, process, signal);
  }
}
