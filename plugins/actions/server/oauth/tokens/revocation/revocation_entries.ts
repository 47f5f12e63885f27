import {
  type Filter,
  filter,
  needsAnotherKey,
  type SavedObject,
  SavedObjectError,
  type SavedObjectsRepository,
} from '@latchkey/saved-objects';
import { type GrantKey, grantId } from '../grants/grant_key.ts';
import { undefinedOnConflict } from '../grants/unless_raced.ts';
import {
  FAILURE_KEPT_MS,
  OAUTH_REVOCATION_TYPE,
  type RevocableGrant,
  type RevocationAttributes,
  withCurrentNames,
} from './revocation_type.ts';

/** One entry as stored, decrypted. */
export type RevocationEntry = SavedObject<RevocationAttributes>;

/** Revocations that failed for good. */
export interface RevocationFailures {
  readonly count: number;
  /** The last one. */
  readonly at: Date;
}

type EntryFailures = RevocationFailures & { readonly connectorId: string };

/** What a write changes; which runs wait follows from what is pending. */
export type EntryChanges = Partial<
  Omit<RevocationAttributes, 'connectorId' | 'profileUid' | 'revocationJobIds' | 'endingIds'>
>;

/** What a new entry needs. */
export type NewEntry = Required<Omit<EntryChanges, 'failed'>> & Pick<EntryChanges, 'failed'>;

/** Where an entry is, and whose grant it concerns. */
export interface EntryAddress {
  readonly id: string;
  readonly key: GrantKey;
}

/** Where what waits for a person and connector is kept, in general. */
export function entryAddress(key: GrantKey): EntryAddress {
  return { id: grantId(key), key };
}

/** For a grant that cannot join what waits already, because only other servers can read that. */
export function separateAddress(key: GrantKey, generation: string): EntryAddress {
  return { id: `${grantId(key)}:${generation}`, key };
}

/** Rows of the outbox. Every write is a compare-and-set: `false` or `undefined` says that the entry is another one by now. */
export class RevocationEntries {
  readonly #repository: SavedObjectsRepository;

  constructor(repository: SavedObjectsRepository) {
    this.#repository = repository;
  }

  /** @throws SavedObjectError `undecryptable`, `newer_version` */
  async read(id: string): Promise<RevocationEntry | undefined> {
    const entry = await this.#repository.getIfExists<RevocationAttributes>(
      OAUTH_REVOCATION_TYPE,
      id,
      { decrypt: true },
    );
    if (entry === undefined) return undefined;
    const pending = entry.attributes.pending.map(withCurrentNames);
    return { ...entry, attributes: { ...entry.attributes, pending } };
  }

  /** What is not encrypted of an entry that nobody can ever read again. `undefined`: it can be read, if not by this server, or is gone. */
  async findDamaged(
    id: string,
  ): Promise<SavedObject<Omit<RevocationAttributes, 'pending'>> | undefined> {
    // Before the second look at what is encrypted: whoever repairs it in between changes the version.
    const clear = await this.#repository.getIfExists<Omit<RevocationAttributes, 'pending'>>(
      OAUTH_REVOCATION_TYPE,
      id,
    );
    const isDamaged = await this.read(id).then(() => false, isCorrupt);
    return isDamaged ? clear : undefined;
  }

  async create({ id, key }: EntryAddress, attributes: NewEntry): Promise<boolean> {
    const { connectorId } = key;
    const owner = key.scope === 'per-user' ? { profileUid: key.profileUid } : {};
    const row = { connectorId, ...owner, ...attributes, ...waitingRuns(attributes.pending) };
    const options = { id, visibleToSearch: false };
    const created = await undefinedOnConflict(() =>
      this.#repository.create<RevocationAttributes>(OAUTH_REVOCATION_TYPE, row, options),
    );
    return created !== undefined;
  }

  async update(
    entry: RevocationEntry,
    changes: EntryChanges,
  ): Promise<RevocationEntry | undefined> {
    const { pending } = changes;
    return undefinedOnConflict(() =>
      this.#repository.update<RevocationAttributes>(
        OAUTH_REVOCATION_TYPE,
        entry.id,
        { ...changes, ...(pending === undefined ? {} : waitingRuns(pending)) },
        { version: entry.version, visibleToSearch: false },
      ),
    );
  }

  async remove(entry: Pick<RevocationEntry, 'id' | 'version'>): Promise<boolean> {
    const removed = await undefinedOnConflict(async () => {
      await this.#repository.delete(OAUTH_REVOCATION_TYPE, entry.id, {
        version: entry.version,
        visibleToSearch: false,
      });
      return true;
    });
    return removed === true;
  }

  /** Everything that matches, in batches. Includes every write acknowledged before. */
  async *walk(condition: Filter): AsyncIterable<readonly EntryAddress[]> {
    const batches = this.#repository.iterate<RevocationAttributes>({
      type: OAUTH_REVOCATION_TYPE,
      filter: condition,
      batchSize: 100,
    });
    for await (const batch of batches)
      yield batch.map((entry) => ({ id: entry.id, key: keyOf(entry) }));
  }

  /**
   * Revocations of a user that failed for good, one element per entry. A single search, which may
   * lag behind the latest writes by a second.
   */
  async failuresOfUser(profileUid: string, nowMs: number): Promise<readonly EntryFailures[]> {
    const { savedObjects } = await this.#repository.find<RevocationAttributes>({
      type: OAUTH_REVOCATION_TYPE,
      filter: filter.equals('profileUid', profileUid),
      perPage: 1000,
    });
    return savedObjects.flatMap((entry) => failuresOf(entry, nowMs));
  }

  /** As {@link failuresOfUser}, of all users of a connector. */
  async failuresOfConnector(connectorId: string, nowMs: number): Promise<readonly EntryFailures[]> {
    const batches = this.#repository.iterate<RevocationAttributes>({
      type: OAUTH_REVOCATION_TYPE,
      filter: filter.equals('connectorId', connectorId),
    });
    const all: EntryFailures[] = [];
    for await (const batch of batches)
      all.push(...batch.flatMap((entry) => failuresOf(entry, nowMs)));
    return all;
  }

  /** How many entries match. May lag behind the latest writes by a second. */
  async count(condition: Filter): Promise<number> {
    const { total } = await this.#repository.find({
      type: OAUTH_REVOCATION_TYPE,
      filter: condition,
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

function failuresOf(entry: RevocationEntry, nowMs: number): EntryFailures[] {
  const { failed, connectorId } = entry.attributes;
  if (failed === undefined || nowMs - Date.parse(failed.at) >= FAILURE_KEPT_MS) return [];
  return [{ connectorId, count: failed.count, at: new Date(failed.at) }];
}

function waitingRuns(pending: readonly RevocableGrant[]): {
  revocationJobIds: string[] | undefined;
  endingIds: undefined;
} {
  const ids = new Set(
    pending.flatMap(({ revocationJobId }) =>
      revocationJobId === undefined ? [] : [revocationJobId],
    ),
  );
  return { revocationJobIds: ids.size === 0 ? undefined : [...ids], endingIds: undefined };
}

/** Whether an entry is lost. One under a key that this server lacks, or of a newer build, is not: other servers read it. */
export function isCorrupt(error: unknown): boolean {
  return (
    error instanceof SavedObjectError && error.code === 'undecryptable' && !needsAnotherKey(error)
  );
}

/** Whether an entry is sound, and for other servers to read. */
export function isReadableElsewhere(error: unknown): boolean {
  return (
    needsAnotherKey(error) || (error instanceof SavedObjectError && error.code === 'newer_version')
  );
}
