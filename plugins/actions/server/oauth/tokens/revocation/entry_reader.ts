import type { Clock } from '@latchkey/core/server';
import { CONFLICT, retryConflicts } from '@latchkey/saved-objects';
import type { GrantEvents } from '../grants/grant_events.ts';
import {
  type EntryAddress,
  endOfReport,
  isCorrupt,
  type RevocationEntries,
  type RevocationEntry,
} from './revocation_entries.ts';
import { emitRevoked, type RevocationResults } from './revocation_results.ts';
import type { RevokedGrants } from './revoked_grants.ts';

const MAX_ATTEMPTS = 20;

/** Dependencies of {@link EntryReader}. */
export interface EntryReaderDeps {
  readonly entries: RevocationEntries;
  readonly grants: RevokedGrants;
  readonly results: RevocationResults;
  readonly events: GrantEvents;
  readonly clock: Clock;
}

/**
 * Reads entries of the outbox. Closes an entry that no server can read as failed, so that its id
 * can be used for new work.
 */
export class EntryReader {
  readonly #deps: EntryReaderDeps;

  constructor(deps: EntryReaderDeps) {
    this.#deps = deps;
  }

  /**
   * Reads an entry of the outbox. `undefined`: the entry does not exist, or was closed.
   * @throws SavedObjectError for an entry that only other servers can read
   */
  read(address: EntryAddress): Promise<RevocationEntry | undefined> {
    let damage: unknown;
    return retryConflicts<RevocationEntry | undefined>(
      async () => {
        try {
          return await this.#deps.entries.read(address.id);
        } catch (error) {
          if (!isCorrupt(error)) throw error;
          damage = error;
          await this.#close(address);
          return CONFLICT;
        }
      },
      {
        attempts: MAX_ATTEMPTS,
        contended: () => {
          throw damage;
        },
      },
    );
  }

  /**
   * Closes a corrupt entry, whose tokens are lost. Reports the failure to the user and to the
   * revocation jobs whose grants the entry contained.
   */
  async #close({ id, key }: EntryAddress): Promise<void> {
    const { entries, grants, results, events, clock } = this.#deps;
    const corrupt = await entries.findCorrupt(id);
    if (corrupt === undefined) return;
    const { revocationJobIds = [], grantGeneration } = corrupt.attributes;
    for (const revocationJobId of revocationJobIds)
      await results.publish(revocationJobId, 'failed');
    await grants.close(key, grantGeneration, 'failed');
    if (!(await entries.remove(corrupt))) return;
    const outcome = 'failed_permanent';
    emitRevoked(events, key, { outcome, tokens: [{ kind: 'refresh_token' }] });
    const at = new Date(clock.now()).toISOString();
    const failed = { count: (corrupt.attributes.failed?.count ?? 0) + 1, at };
    const nextAttemptAt = endOfReport(failed);
    const report = { grantGeneration, pending: [], attempts: 0, createdAt: at };
    await entries.create({ id, key }, { ...report, nextAttemptAt, failed });
  }
}
