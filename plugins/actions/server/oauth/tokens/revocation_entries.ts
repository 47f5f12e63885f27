import {
  type Filter,
  type SavedObject,
  SavedObjectError,
  type SavedObjectsRepository,
} from '@latchkey/saved-objects';
import { type GrantKey, grantId } from './grant_key.ts';
import {
  OAUTH_REVOCATION_TYPE,
  type RevocableGrant,
  type RevocationAttributes,
} from './revocation_type.ts';

/** One entry as stored, decrypted. */
export type RevocationEntry = SavedObject<RevocationAttributes>;

/** What a write changes; which runs wait follows from what is pending. */
export type EntryChanges = Partial<
  Omit<RevocationAttributes, 'connectorId' | 'profileUid' | 'endingIds'>
>;

/** Rows of the outbox. Every write is a compare-and-set: `false` or `undefined` says that the entry is another one by now. */
export class RevocationEntries {
  readonly #repository: SavedObjectsRepository;

  constructor(repository: SavedObjectsRepository) {
    this.#repository = repository;
  }

  async read(key: GrantKey): Promise<RevocationEntry | undefined> {
    return this.#repository.getIfExists<RevocationAttributes>(OAUTH_REVOCATION_TYPE, grantId(key), {
      decrypt: true,
    });
  }

  async create(key: GrantKey, attributes: Required<EntryChanges>): Promise<boolean> {
    const { connectorId } = key;
    const owner = key.scope === 'per-user' ? { profileUid: key.profileUid } : {};
    const row = { connectorId, ...owner, ...attributes, ...waitingRuns(attributes.pending) };
    const options = { id: grantId(key), visibleToSearch: false };
    const created = await unlessRaced(() =>
      this.#repository.create<RevocationAttributes>(OAUTH_REVOCATION_TYPE, row, options),
    );
    return created !== undefined;
  }

  async update(
    entry: RevocationEntry,
    changes: EntryChanges,
  ): Promise<RevocationEntry | undefined> {
    const { pending } = changes;
    return unlessRaced(() =>
      this.#repository.update<RevocationAttributes>(
        OAUTH_REVOCATION_TYPE,
        entry.id,
        { ...changes, ...(pending === undefined ? {} : waitingRuns(pending)) },
        { version: entry.version, visibleToSearch: false },
      ),
    );
  }

  async remove(entry: RevocationEntry): Promise<boolean> {
    const removed = await unlessRaced(async () => {
      await this.#repository.delete(OAUTH_REVOCATION_TYPE, entry.id, {
        version: entry.version,
        visibleToSearch: false,
      });
      return true;
    });
    return removed === true;
  }

  /** Keys of everything that matches, in batches. Includes every write acknowledged before. */
  async *walk(filter: Filter): AsyncIterable<readonly GrantKey[]> {
    const batches = this.#repository.iterate<RevocationAttributes>({
      type: OAUTH_REVOCATION_TYPE,
      filter,
      batchSize: 100,
    });
    for await (const batch of batches) yield batch.map(keyOf);
  }

  /** How many entries match. May lag behind the latest writes by a second. */
  async count(filter: Filter): Promise<number> {
    const { total } = await this.#repository.find({
      type: OAUTH_REVOCATION_TYPE,
      filter,
      perPage: 1,
    });
    return total;
  }
}

function keyOf({ attributes }: RevocationEntry): GrantKey {
  const { connectorId, profileUid } = attributes;
  return profileUid === undefined
    ? { scope: 'shared', connectorId }
    : { scope: 'per-user', connectorId, profileUid };
}

function waitingRuns(pending: readonly RevocableGrant[]): { endingIds: string[] | undefined } {
  const ids = new Set(
    pending.flatMap(({ endingId }) => (endingId === undefined ? [] : [endingId])),
  );
  return { endingIds: ids.size === 0 ? undefined : [...ids] };
}

async function unlessRaced<T>(write: () => Promise<T>): Promise<T | undefined> {
  try {
    return await write();
  } catch (error) {
    if (
      error instanceof SavedObjectError &&
      (error.code === 'conflict' || error.code === 'not_found')
    )
      return undefined;
    throw error;
  }
}
