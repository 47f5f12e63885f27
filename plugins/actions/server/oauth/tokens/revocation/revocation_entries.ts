import {
  type Filter,
  filter,
  isSavedObjectError,
  needsAnotherKey,
  type SavedObject,
  type SavedObjectsRepository,
  unlessConflict,
} from '@latchkey/saved-objects';
import { type GrantKey, grantId } from '../grants/grant_key.ts';
import { earliestAttempt } from './pending_grants.ts';
import type { GrantResult } from './revocation_results.ts';
import {
  FAILURE_KEPT_MS,
  OAUTH_REVOCATION_TYPE,
  type RevocableGrant,
  type RevocationAttributes,
  withCurrentNames,
} from './revocation_type.ts';

/** An entry of the outbox, decrypted. */
export type RevocationEntry = SavedObject<RevocationAttributes>;

/** Number of revocations that failed permanently. */
export interface RevocationFailures {
  readonly count: number;
  /** Instant of the last failure. */
  readonly at: Date;
}

type StoredFailures = RevocationAttributes['failed'];
type EntryFailures = RevocationFailures & { readonly connectorId: string };

/** Changes of an entry. `revocationJobIds` is computed from `pending`. */
export type EntryChanges = Partial<
  Omit<RevocationAttributes, 'connectorId' | 'profileUid' | 'revocationJobIds' | 'endingIds'>
>;

/** Attributes of a new entry. */
export type NewEntry = Required<Omit<EntryChanges, 'failed'>> & Pick<EntryChanges, 'failed'>;

/** Address of an entry: the id of its document, and the key of the grant to which it belongs. */
export interface EntryAddress {
  readonly id: string;
  readonly key: GrantKey;
}

/** Returns the address of the regular entry of a user and connector. */
export function entryAddress(key: GrantKey): EntryAddress {
  return { id: grantId(key), key };
}

/**
 * Returns the address of a separate entry for one grant. It is used if the regular entry is full,
 * or only other servers can read it.
 */
export function separateAddress(key: GrantKey, generation: string): EntryAddress {
  return { id: `${grantId(key)}:${generation}`, key };
}

/**
 * Reads and writes entries of the outbox. Every write is a compare-and-set: `false` or `undefined`
 * means that another process has changed the entry since it was read.
 */
export class RevocationEntries {
  readonly #repository: SavedObjectsRepository;

  constructor(repository: SavedObjectsRepository) {
    this.#repository = repository;
  }

  /**
   * Reads an entry. `undefined`: it does not exist.
   * @throws SavedObjectError `undecryptable`, `newer_version`
   */
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

  /**
   * Reads the unencrypted attributes of an entry that no server can read. `undefined`: the entry
   * does not exist, or a server can read it.
   */
  async findCorrupt(
    id: string,
  ): Promise<SavedObject<Omit<RevocationAttributes, 'pending'>> | undefined> {
    // Read before the encrypted attribute, so that a repair between the two reads changes the
    // version.
    const clear = await this.#repository.getIfExists<Omit<RevocationAttributes, 'pending'>>(
      OAUTH_REVOCATION_TYPE,
      id,
    );
    const isUnreadable = await this.read(id).then(() => false, isCorrupt);
    return isUnreadable ? clear : undefined;
  }

  async create({ id, key }: EntryAddress, attributes: NewEntry): Promise<boolean> {
    const { connectorId } = key;
    const owner = key.scope === 'per-user' ? { profileUid: key.profileUid } : {};
    const row = { connectorId, ...owner, ...attributes, ...waitingJobIds(attributes.pending) };
    const options = { id };
    const created = await unlessConflict(() =>
      this.#repository.create<RevocationAttributes>(OAUTH_REVOCATION_TYPE, row, options),
    );
    return created !== undefined;
  }

  /** Changes an entry. `undefined`: another process has changed it since it was read. */
  async update(
    entry: RevocationEntry,
    changes: EntryChanges,
  ): Promise<RevocationEntry | undefined> {
    const { pending } = changes;
    return unlessConflict(() =>
      this.#repository.update<RevocationAttributes>(
        OAUTH_REVOCATION_TYPE,
        entry.id,
        { ...changes, ...(pending === undefined ? {} : waitingJobIds(pending)) },
        { version: entry.version },
      ),
    );
  }

  async remove(entry: Pick<RevocationEntry, 'id' | 'version'>): Promise<boolean> {
    const removed = await unlessConflict(async () => {
      await this.#repository.delete(OAUTH_REVOCATION_TYPE, entry.id, {
        version: entry.version,
      });
      return true;
    });
    return removed === true;
  }

  /**
   * Removes all other grants from the entry. Removes the entry if it has neither grants nor
   * failures to report. `false`: another process has changed it since it was read.
   * @param left grants and failures that stay. Default of `failed`: unchanged
   */
  async keepOnly(
    entry: RevocationEntry,
    left: { readonly pending: readonly RevocableGrant[]; readonly failed?: StoredFailures },
    nowMs: number,
  ): Promise<boolean> {
    const { pending, failed = entry.attributes.failed } = left;
    if (pending.length === 0 && (failed === undefined || !isReported(failed, nowMs)))
      return this.remove(entry);
    const nextAttemptAt =
      pending.length === 0 && failed !== undefined
        ? endOfReport(failed)
        : earliestAttempt(pending, entry.attributes);
    const changes = { pending: [...pending], nextAttemptAt, ...(failed && { failed }) };
    return (await this.update(entry, changes)) !== undefined;
  }

  /**
   * Yields all matching entries in batches. Includes all entries that were written before the call.
   */
  async *iterate(condition: Filter): AsyncIterable<readonly EntryAddress[]> {
    const batches = this.#repository.iterate<RevocationAttributes>({
      type: OAUTH_REVOCATION_TYPE,
      filter: condition,
      batchSize: 100,
    });
    for await (const batch of batches)
      yield batch.map((entry) => ({ id: entry.id, key: keyOf(entry) }));
  }

  /**
   * Returns the revocations of a user that failed permanently, one element per entry. Needs one
   * search, which may miss changes of the last second.
   */
  async failuresOfUser(profileUid: string, nowMs: number): Promise<readonly EntryFailures[]> {
    const { savedObjects } = await this.#repository.find<RevocationAttributes>({
      type: OAUTH_REVOCATION_TYPE,
      filter: filter.equals('profileUid', profileUid),
      perPage: 1000,
    });
    return savedObjects.flatMap((entry) => failuresOf(entry, nowMs));
  }

  /**
   * Returns the revocations of all users of a connector that failed permanently, one element per
   * entry.
   */
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

  /** Counts the matching entries, those of the last second included. */
  async count(condition: Filter): Promise<number> {
    const { total } = await this.#repository.find({
      type: OAUTH_REVOCATION_TYPE,
      filter: condition,
      perPage: 1,
      seesAllWrites: true,
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

/**
 * Returns the failures of an entry after `added` further grants have failed at the instant `at`
 * (ISO 8601).
 */
export function addFailures(
  before: StoredFailures,
  added: number,
  at: string,
): { failed?: NonNullable<StoredFailures> } {
  return added === 0 ? {} : { failed: { count: (before?.count ?? 0) + added, at } };
}

/**
 * Returns the failures of an entry after an attempt. Counts only grants that the entry still
 * contains, because another process may have counted the others.
 */
export function failuresAfter(
  { pending, failed }: Pick<RevocationAttributes, 'pending' | 'failed'>,
  results: readonly GrantResult[],
  nowMs: number,
): StoredFailures {
  const contained = new Set(pending.flatMap(({ tokens }) => tokens.map(({ token }) => token)));
  const added = results.filter(
    ({ result, remaining, grant }) =>
      result === 'failed' &&
      remaining.length === 0 &&
      grant.tokens.some(({ token }) => contained.has(token)),
  ).length;
  return addFailures(failed, added, new Date(nowMs).toISOString()).failed ?? failed;
}

/** Returns the instant until which the failures of an entry are reported, ISO 8601. */
export function endOfReport({ at }: NonNullable<StoredFailures>): string {
  return new Date(Date.parse(at) + FAILURE_KEPT_MS).toISOString();
}

/** Returns `true` if the failures of an entry must still be reported. `false` if there are none. */
export function isReported(failed: StoredFailures, nowMs: number): boolean {
  return failed !== undefined && Date.parse(endOfReport(failed)) > nowMs;
}

/** Adds up the failures of several entries. `at` is the instant of the last one. */
export function sumOf(all: readonly RevocationFailures[]): RevocationFailures {
  const count = all.reduce((sum, failures) => sum + failures.count, 0);
  return { count, at: new Date(Math.max(0, ...all.map(({ at }) => at.getTime()))) };
}

function waitingJobIds(pending: readonly RevocableGrant[]): {
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

/**
 * Returns `true` if no server can read an entry. An entry that is encrypted with a key that this
 * server lacks, or was written by a newer version, can be read by other servers.
 */
export function isCorrupt(error: unknown): boolean {
  return isSavedObjectError(error, 'undecryptable') && !needsAnotherKey(error);
}

/** Returns `true` if an entry is intact, but only other servers can read it. */
export function isReadableElsewhere(error: unknown): boolean {
  return needsAnotherKey(error) || isSavedObjectError(error, 'newer_version');
}
