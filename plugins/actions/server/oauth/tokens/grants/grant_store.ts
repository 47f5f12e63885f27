import {
  type Filter,
  filter,
  isSavedObjectError,
  needsAnotherKey,
  type SavedObject,
  type SavedObjectsRepository,
  unlessConflict,
  withoutUndefined,
} from '@latchkey/saved-objects';
import { type GrantKey, grantId } from './grant_key.ts';
import {
  commonAttributesOf,
  identityOf,
  recordOfSharedToken,
  recordOfUserToken,
  tokenAttributesOf,
} from './grant_mapping.ts';
import type { GrantChanges, GrantRecord } from './grant_record.ts';
import {
  filtersOf,
  type GrantPage,
  type GrantSearch,
  type GrantSelection,
  type UsableGrants,
  usableFilter,
} from './grant_selection.ts';
import { withKeepAlive } from './keep_alive_date.ts';
import {
  CONNECTOR_TOKEN_TYPE,
  type ConnectorTokenAttributes,
  USER_CONNECTOR_TOKEN_TYPE,
  type UserConnectorTokenAttributes,
} from './token_types.ts';

/** A new grant with its required members. Members that are absent are not stored. */
export type NewGrant = GrantChanges &
  Pick<GrantRecord, 'generation' | 'clientFingerprint' | 'spaceId' | 'state' | 'stateSince'>;

/** Maximum number of ids in one search, which bounds the length of its filter. */
const MAX_IDS_PER_SEARCH = 500;

/** A per-user grant, without its tokens, and its latest date. */
export interface DatedGrant {
  readonly grant: GrantRecord;
  /**
   * Latest instant at which the grant, or the grant that is held with it, was authorized. Ignores a
   * held grant whose encryption key this server lacks. `undefined`: an older version stored the
   * grant.
   */
  readonly authorizedAt: Date | undefined;
}

type GrantOwner = Extract<GrantKey, { scope: 'per-user' }>;

/** Called with a grant before and after a write that changed its state. Must not throw. */
export type GrantStateListener = (before: GrantRecord, after: GrantRecord) => void;

/**
 * Stores the tokens of users and shared tokens. Reads by key return the current document. Writes
 * are compare-and-set and do not wait until searches see them.
 * @throws SavedObjectError from every method, but never `conflict`, which is a return value
 */
export class GrantStore {
  readonly #repository: SavedObjectsRepository;
  readonly #now: () => Date;
  readonly #onStateChange: GrantStateListener;

  /** @param onStateChange called after a write that changed the state of a user's grant */
  constructor(
    repository: SavedObjectsRepository,
    now: () => Date,
    onStateChange: GrantStateListener = () => undefined,
  ) {
    this.#onStateChange = onStateChange;
    this.#repository = repository;
    this.#now = now;
  }

  /**
   * Reads a grant. `undefined`: there is none, or its document is corrupt, so that it contains
   * nothing useful.
   * @throws SavedObjectError `undecryptable` when this server lacks the key of the document;
   * another server may be using the grant
   */
  async readUnlessCorrupt(key: GrantKey): Promise<GrantRecord | undefined> {
    try {
      return await this.read(key);
    } catch (error) {
      if (isSavedObjectError(error, 'undecryptable') && !needsAnotherKey(error)) return undefined;
      throw error;
    }
  }

  /** Reads a grant. `undefined`: there is no grant with this key. */
  async read(key: GrantKey): Promise<GrantRecord | undefined> {
    if (key.scope === 'shared') {
      const row = await this.#repository.getIfExists<ConnectorTokenAttributes>(
        CONNECTOR_TOKEN_TYPE,
        grantId(key),
        { decrypt: true },
      );
      return row && recordOfSharedToken(row);
    }
    const row = await this.#repository.getIfExists<UserConnectorTokenAttributes>(
      USER_CONNECTOR_TOKEN_TYPE,
      grantId(key),
      { decrypt: true },
    );
    return row && recordOfUserToken(row);
  }

  /**
   * Reads several grants with one store call, in the order of the keys. An element is an error if
   * its document cannot be read, and `undefined` if there is no grant with its key.
   */
  async readMany(
    keys: readonly GrantOwner[],
  ): Promise<readonly (GrantRecord | Error | undefined)[]> {
    const ids = keys.map((key) => grantId(key));
    const unreadable = new Map<string, Error>();
    const rows = await this.#repository.bulkGet<UserConnectorTokenAttributes>(
      ids.map((id) => ({ type: USER_CONNECTOR_TOKEN_TYPE, id })),
      { decrypt: true, onUnreadable: ({ id }, error) => unreadable.set(id, error) },
    );
    return rows.map((row, index) =>
      row === undefined ? unreadable.get(ids[index] ?? '') : recordOfUserToken(row),
    );
  }

  /** Creates the document of a grant. `undefined`: it already exists; read it. */
  async create(key: GrantKey, grant: NewGrant): Promise<GrantRecord | undefined> {
    const now = this.#now().toISOString();
    const attributes = withoutUndefined({
      ...identityOf(key),
      ...commonAttributesOf(key, withKeepAlive({ failures: 0, ...grant })),
      ...tokenAttributesOf(key, grant, undefined),
      createdAt: now,
      updatedAt: now,
    });
    const options = { id: grantId(key) };
    return unlessConflict(async () => {
      if (key.scope === 'shared') {
        const row = await this.#repository.create(CONNECTOR_TOKEN_TYPE, attributes, options);
        return recordOfSharedToken(row as SavedObject<ConnectorTokenAttributes>);
      }
      const row = await this.#repository.create(USER_CONNECTOR_TOKEN_TYPE, attributes, options);
      return recordOfUserToken(row as SavedObject<UserConnectorTokenAttributes>);
    });
  }

  /**
   * Writes changes of `record` atomically. `undefined`: the document was changed or deleted since
   * it was read; read it again and decide again.
   */
  async compareAndSet(
    record: GrantRecord,
    changes: GrantChanges,
  ): Promise<GrantRecord | undefined> {
    const tokens = tokenAttributesOf(record.key, changes, record);
    const attributes = {
      ...commonAttributesOf(record.key, withKeepAlive(changes)),
      ...tokens,
      ...(Object.keys(tokens).length === 0 ? {} : { updatedAt: this.#now().toISOString() }),
    };
    const options = { version: record.version };
    const id = grantId(record.key);
    return unlessConflict(async () => {
      if (record.key.scope === 'shared') {
        return recordOfSharedToken(
          await this.#repository.update<ConnectorTokenAttributes>(
            CONNECTOR_TOKEN_TYPE,
            id,
            attributes,
            options,
          ),
        );
      }
      const saved = recordOfUserToken(
        await this.#repository.update<UserConnectorTokenAttributes>(
          USER_CONNECTOR_TOKEN_TYPE,
          id,
          attributes,
          options,
        ),
      );
      if (saved.state !== record.state) this.#onStateChange(record, saved);
      return saved;
    });
  }

  /**
   * Deletes a grant. `false`: the document was changed since it was read. Returns `true` if it was
   * already deleted.
   * @throws SavedObjectError when the store cannot be reached
   */
  async delete(record: Pick<GrantRecord, 'key' | 'version'>): Promise<boolean> {
    const type = record.key.scope === 'shared' ? CONNECTOR_TOKEN_TYPE : USER_CONNECTOR_TOKEN_TYPE;
    try {
      await this.#repository.delete(type, grantId(record.key), {
        version: record.version,
      });
      return true;
    } catch (error) {
      if (isSavedObjectError(error, 'not_found')) return true;
      if (isSavedObjectError(error, 'conflict')) return false;
      throw error;
    }
  }

  /**
   * Deletes a document whose tokens nobody can read, whatever its version. Does nothing if it was
   * already deleted.
   * @throws SavedObjectError when the store cannot be reached
   */
  async deleteUnreadable(key: GrantKey): Promise<void> {
    const type = key.scope === 'shared' ? CONNECTOR_TOKEN_TYPE : USER_CONNECTOR_TOKEN_TYPE;
    try {
      await this.#repository.delete(type, grantId(key));
    } catch (error) {
      if (!isSavedObjectError(error, 'not_found')) throw error;
    }
  }

  /** Counts the per-user grants of a selection, those of the last second included. */
  async count(selection: GrantSelection): Promise<number> {
    const { total } = await this.#repository.find({
      type: USER_CONNECTOR_TOKEN_TYPE,
      filter: filter.or(...filtersOf(selection)),
      perPage: 1,
      seesAllWrites: true,
    });
    return total;
  }

  /**
   * Returns the latest instant at which one of the selected per-user grants, or a grant that is
   * held with one of them, was authorized; `since` if that is later. Includes the grants of the
   * last second, but no held grant whose encryption key this server lacks.
   * @param isCounted called, without tokens, for selected grants with a later date. Only grants for
   * which it returns `true` count. Default: all selected grants count
   */
  async latestAuthorization(
    usable: UsableGrants,
    since: Date,
    isCounted?: (grant: GrantRecord) => Promise<boolean>,
  ): Promise<Date> {
    const selected = usableFilter(usable);
    const latestAmong = async (matching: Filter, from: Date): Promise<Date> => {
      let latest = from;
      for await (const batch of this.#iterateDated(filter.and(selected, matching), since))
        for (const { grant, authorizedAt = since } of batch)
          if (authorizedAt > latest && (isCounted === undefined || (await isCounted(grant))))
            latest = authorizedAt;
      return latest;
    };
    // Held grants come first. A held grant that its user confirms between the two searches is then
    // found by the second one.
    const latestHeld = await latestAmong(filter.after('heldUntil', since), since);
    const isLater = filter.after('authorizedAt', latestHeld);
    if (isCounted !== undefined) return latestAmong(isLater, latestHeld);
    const { savedObjects } = await this.#repository.find<UserConnectorTokenAttributes>({
      type: USER_CONNECTOR_TOKEN_TYPE,
      filter: filter.and(selected, isLater),
      sort: [{ field: 'authorizedAt', order: 'desc' }],
      perPage: 1,
      seesAllWrites: true,
    });
    return later(latestHeld, savedObjects.map(recordOfUserToken)[0]?.authorizedAt);
  }

  /**
   * Counts usable per-user grants and shared tokens of several connectors. May miss changes of the
   * last second.
   */
  async countOf(
    connectorIds: readonly string[],
  ): Promise<{ readonly perUser: number; readonly shared: number }> {
    const sum = { perUser: 0, shared: 0 };
    for (let from = 0; from < connectorIds.length; from += MAX_IDS_PER_SEARCH) {
      const ids = connectorIds.slice(from, from + MAX_IDS_PER_SEARCH);
      const ofThese = filter.isOneOf('connectorId', ids);
      const count = async (type: string, matching: Filter) =>
        (await this.#repository.find({ type, filter: matching, perPage: 1 })).total;
      sum.perUser += await count(USER_CONNECTOR_TOKEN_TYPE, filter.and(ofThese, usableFilter({})));
      sum.shared += await count(CONNECTOR_TOKEN_TYPE, ofThese);
    }
    return sum;
  }

  /**
   * Counts the per-user grants of a connector that have one of the given states. May miss changes
   * of the last second.
   */
  async countStates(connectorId: string, states: readonly GrantRecord['state'][]): Promise<number> {
    const { total } = await this.#repository.find({
      type: USER_CONNECTOR_TOKEN_TYPE,
      filter: filter.and(
        filter.equals('connectorId', connectorId),
        filter.isOneOf('status', states),
      ),
      perPage: 1,
    });
    return total;
  }

  /**
   * Returns one page of the per-user grants of a connector, the oldest first, without their tokens.
   * The pages cover at most 10,000 grants.
   */
  async page(
    connectorId: string,
    { page, perPage }: { readonly page: number; readonly perPage: number },
  ): Promise<{ readonly grants: readonly GrantRecord[]; readonly total: number }> {
    const { savedObjects, total } = await this.#repository.find<UserConnectorTokenAttributes>({
      type: USER_CONNECTOR_TOKEN_TYPE,
      filter: filter.equals('connectorId', connectorId),
      sort: [{ field: 'createdAt', order: 'asc' }],
      page,
      perPage,
    });
    return { grants: savedObjects.map(recordOfUserToken), total };
  }

  /**
   * Returns one page of the per-user grants of several connectors, without their tokens. The pages
   * cover at most 10,000 grants. May miss changes of the last second.
   */
  async search(
    { connectorIds, profileUids, states }: GrantSearch,
    page: GrantPage,
  ): Promise<{ readonly grants: readonly GrantRecord[]; readonly total: number }> {
    const { savedObjects, total } = await this.#repository.find<UserConnectorTokenAttributes>({
      type: USER_CONNECTOR_TOKEN_TYPE,
      filter: filter.and(
        filter.isOneOf('connectorId', connectorIds),
        filter.isOneOf('status', states),
        ...(profileUids === undefined ? [] : [filter.isOneOf('profileUid', profileUids)]),
      ),
      // The second field makes the order of equal values the same for all pages.
      sort: [page.sort, { field: 'createdAt', order: 'asc' }],
      page: page.page,
      perPage: page.perPage,
    });
    return { grants: savedObjects.map(recordOfUserToken), total };
  }

  /**
   * Yields per-user grants in batches, without their tokens. Read a grant by its key before
   * changing it.
   * @param batchSize maximum size of a batch. Default: that of the repository (100)
   */
  async *iterate(
    selection: GrantSelection,
    batchSize?: number,
  ): AsyncIterable<readonly GrantRecord[]> {
    for (const filter of filtersOf(selection)) {
      const batches = this.#repository.iterate<UserConnectorTokenAttributes>({
        type: USER_CONNECTOR_TOKEN_TYPE,
        filter,
        ...(batchSize === undefined ? {} : { batchSize }),
      });
      for await (const batch of batches) yield batch.map(recordOfUserToken);
    }
  }

  /**
   * Yields all usable per-user grants of a user in batches, with the dates of their authorizations
   * and without their tokens. One search, which includes the grants of the last second.
   * @param since held grants whose deadline is not after this instant are ignored
   */
  iterateOfUser(profileUid: string, since: Date): AsyncIterable<readonly DatedGrant[]> {
    return this.#iterateDated(usableFilter({ profileUid }), since);
  }

  async *#iterateDated(matching: Filter, since: Date): AsyncIterable<readonly DatedGrant[]> {
    const batches = this.#repository.iterate<UserConnectorTokenAttributes>({
      type: USER_CONNECTOR_TOKEN_TYPE,
      filter: matching,
    });
    for await (const batch of batches) {
      const holders = batch.filter(
        ({ attributes: { heldUntil } }) => heldUntil !== undefined && new Date(heldUntil) > since,
      );
      // The date of a held grant is encrypted, and a search does not decrypt.
      const records = holders.length === 0 ? [] : await this.readMany(holders.map(ownerOf));
      const read = new Map(holders.map(({ id }, index) => [id, records[index]]));
      yield batch.map((row) => {
        const grant = recordOfUserToken(row);
        const stored = read.get(row.id);
        if (stored === undefined || stored instanceof Error)
          return { grant, authorizedAt: grant.authorizedAt };
        // The user may have confirmed the held grant since the search.
        const dates = [grant.authorizedAt, stored.authorizedAt, stored.held?.authorizedAt];
        return { grant, authorizedAt: latestOf(dates) };
      });
    }
  }
}

function ownerOf({ attributes }: SavedObject<UserConnectorTokenAttributes>): GrantOwner {
  const { connectorId, profileUid } = attributes;
  return { scope: 'per-user', connectorId, profileUid };
}

function later(one: Date, other: Date | undefined): Date {
  return other !== undefined && other > one ? other : one;
}

function latestOf(dates: readonly (Date | undefined)[]): Date | undefined {
  return dates.reduce((one, other) => (one === undefined ? other : later(one, other)), undefined);
}
