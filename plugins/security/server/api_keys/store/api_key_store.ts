import {
  type Filter,
  filter,
  isSavedObjectError,
  type SavedObject,
  type SavedObjectsRepository,
  unlessConflict,
} from '@latchkey/saved-objects';
import { type RoleDescriptors, roleDescriptors } from '../../../common/index.ts';
import type { ApiKey } from './api_key.ts';
import { API_KEY_TYPE } from './api_key_type.ts';

type ApiKeyAttributes = {
  readonly name: string;
  readonly secretHash: string;
  readonly username: string;
  readonly profileUid: string;
  readonly expiresAt?: string;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly createdAt?: string;
  readonly roleDescriptors?: Readonly<Record<string, unknown>>;
  readonly epoch?: string;
};

/** Changes of a key; absent members stay unchanged. */
export type ApiKeyChanges = Partial<Pick<ApiKey, 'expiresAt' | 'metadata' | 'roleDescriptors'>>;

/** A key with its restriction and the version of its document. */
export interface RestrictedKey {
  readonly id: string;
  readonly version: string;
  readonly roleDescriptors: RoleDescriptors;
}

/** Which keys a caller may see. */
export interface KeyReach {
  /** Owner of the keys. `undefined`: keys of every owner. */
  readonly profileUid: string | undefined;
  /** Only the key with this id, if `profileUid` owns it; `undefined`: any key. */
  readonly id: string | undefined;
}

/**
 * API keys by their public id. All methods throw SavedObjectError when the store cannot be reached.
 */
export class ApiKeyStore {
  readonly #repository: () => SavedObjectsRepository;

  /** @param repository returns the repository, which exists only once the plugin starts */
  constructor(repository: () => SavedObjectsRepository) {
    this.#repository = repository;
  }

  async create({ id, expiresAt, createdAt, epoch, ...key }: ApiKey): Promise<void> {
    const attributes: ApiKeyAttributes = {
      ...key,
      createdAt: createdAt.toISOString(),
      ...(expiresAt === undefined ? {} : { expiresAt: expiresAt.toISOString() }),
      ...(epoch === undefined ? {} : { epoch }),
    };
    await this.#repository().create(API_KEY_TYPE, attributes, { id });
  }

  /** Reads a key. `undefined`: there is none with this id. */
  async get(id: string): Promise<ApiKey | undefined> {
    const found = await this.#repository().getIfExists<ApiKeyAttributes>(API_KEY_TYPE, id);
    return found === undefined ? undefined : toApiKey(found);
  }

  /** Changes a key. Resolves to `false` when the key no longer exists. */
  async update(id: string, { expiresAt, ...changes }: ApiKeyChanges): Promise<boolean> {
    try {
      await this.#repository().update<ApiKeyAttributes>(API_KEY_TYPE, id, {
        ...changes,
        ...(expiresAt === undefined ? {} : { expiresAt: expiresAt.toISOString() }),
      });
      return true;
    } catch (error) {
      if (isSavedObjectError(error, 'not_found')) return false;
      throw error;
    }
  }

  /** Returns one page of keys, the newest first. */
  async list(
    reach: KeyReach,
    { page, perPage }: { readonly page: number; readonly perPage: number },
  ): Promise<{ readonly keys: readonly ApiKey[]; readonly total: number }> {
    if (reach.id !== undefined) {
      const key = await this.#getWithin(reach.id, reach);
      return {
        keys: page === 1 && key !== undefined ? [key] : [],
        total: Number(key !== undefined),
      };
    }
    const found = await this.#repository().find<ApiKeyAttributes>({
      type: API_KEY_TYPE,
      filter: ofOwner(reach.profileUid),
      sort: [{ field: 'createdAt', order: 'desc' }],
      page,
      perPage,
    });
    return { keys: found.savedObjects.map(toApiKey), total: found.total };
  }

  /** All keys that a caller may see, in no particular order. */
  async *keysWithin(reach: KeyReach): AsyncIterable<ApiKey> {
    if (reach.id !== undefined) {
      const key = await this.#getWithin(reach.id, reach);
      if (key !== undefined) yield key;
      return;
    }
    const batches = this.#repository().iterate<ApiKeyAttributes>({
      type: API_KEY_TYPE,
      filter: ofOwner(reach.profileUid),
    });
    for await (const batch of batches) yield* batch.map(toApiKey);
  }

  /** Reads keys, in the order of their ids. Keys that no longer exist are left out. */
  async getAll(ids: readonly string[]): Promise<readonly ApiKey[]> {
    const found = await this.#repository().bulkGet<ApiKeyAttributes>(
      ids.map((id) => ({ type: API_KEY_TYPE, id })),
    );
    return found.flatMap((one) => (one === undefined ? [] : [toApiKey(one)]));
  }

  /** Number of stored keys of one owner, expired keys included. */
  async countOf(profileUid: string): Promise<number> {
    const { total } = await this.#repository().find({
      type: API_KEY_TYPE,
      filter: filter.equals('profileUid', profileUid),
      perPage: 1,
    });
    return total;
  }

  /** Ids of all keys of one owner, in no particular order. */
  idsOf(profileUid: string): AsyncIterable<string> {
    return this.#ids(filter.equals('profileUid', profileUid));
  }

  /**
   * Ids of keys that expired before an instant.
   * @param profileUid owner of the keys; absent: all owners
   */
  expiredIds(before: Date, profileUid?: string): AsyncIterable<string> {
    const expired = filter.before('expiresAt', before);
    return this.#ids(
      profileUid === undefined
        ? expired
        : filter.and(expired, filter.equals('profileUid', profileUid)),
    );
  }

  /** All keys with a restriction. */
  async *restrictedKeys(): AsyncIterable<RestrictedKey> {
    const batches = this.#repository().iterate<ApiKeyAttributes>({ type: API_KEY_TYPE });
    for await (const batch of batches) {
      for (const found of batch) {
        const key = toRestrictedKey(found);
        if (Object.keys(key.roleDescriptors).length > 0) yield key;
      }
    }
  }

  /** Reads the restriction of one key from the store. `undefined`: the key does not exist. */
  async restrictionOf(id: string): Promise<RestrictedKey | undefined> {
    const found = await this.#repository().getIfExists<ApiKeyAttributes>(API_KEY_TYPE, id);
    return found && toRestrictedKey(found);
  }

  /**
   * Replaces the restriction of a key, or removes the key. `false`: the key has changed meanwhile.
   */
  async restrict(
    { id, version }: Pick<RestrictedKey, 'id' | 'version'>,
    roleDescriptors: RoleDescriptors | 'removed',
  ): Promise<boolean> {
    const repository = this.#repository();
    const restricted = await unlessConflict(async () => {
      if (roleDescriptors === 'removed') await repository.delete(API_KEY_TYPE, id, { version });
      else await repository.update(API_KEY_TYPE, id, { roleDescriptors }, { version });
      return true;
    });
    return restricted === true;
  }

  /** Removes a key. Resolves to `false` when the key does not exist. */
  async remove(id: string): Promise<boolean> {
    try {
      await this.#repository().delete(API_KEY_TYPE, id);
      return true;
    } catch (error) {
      if (isSavedObjectError(error, 'not_found')) return false;
      throw error;
    }
  }

  async #getWithin(id: string, { profileUid }: KeyReach): Promise<ApiKey | undefined> {
    const key = await this.get(id);
    return key?.profileUid === profileUid ? key : undefined;
  }

  async *#ids(matching: Filter): AsyncIterable<string> {
    const batches = this.#repository().iterate({ type: API_KEY_TYPE, filter: matching });
    for await (const batch of batches) for (const { id } of batch) yield id;
  }
}

function ofOwner(profileUid: string | undefined): Filter {
  return profileUid === undefined ? filter.and() : filter.equals('profileUid', profileUid);
}

function toRestrictedKey({
  id,
  version,
  attributes,
}: SavedObject<ApiKeyAttributes>): RestrictedKey {
  return { id, version, roleDescriptors: readDescriptors(attributes.roleDescriptors) };
}

function toApiKey({ id, attributes, createdAt }: SavedObject<ApiKeyAttributes>): ApiKey {
  return {
    id,
    name: attributes.name,
    secretHash: attributes.secretHash,
    username: attributes.username,
    profileUid: attributes.profileUid,
    expiresAt: attributes.expiresAt === undefined ? undefined : new Date(attributes.expiresAt),
    metadata: attributes.metadata,
    roleDescriptors: readDescriptors(attributes.roleDescriptors),
    epoch: attributes.epoch,
    createdAt,
  };
}

/**
 * Reads a restriction. One that cannot be read allows nothing, so that damaged data never gives a
 * key more privileges.
 */
function readDescriptors(stored: ApiKeyAttributes['roleDescriptors']): RoleDescriptors {
  if (stored === undefined) return {};
  const parsed = roleDescriptors.safeParse(stored);
  return parsed.success ? parsed.data : { unreadable: {} };
}
