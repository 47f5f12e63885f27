import {
  type Filter,
  filter,
  isLostRace,
  type SavedObject,
  SavedObjectError,
  type SavedObjectsRepository,
  type SortField,
} from '@latchkey/saved-objects';
import { API_KEY_TYPE } from './api_key_type.ts';
import { type RoleDescriptors, roleDescriptors } from './role_descriptors.ts';

/** A key that acts as its owner. */
export interface ApiKey {
  /** Public half. */
  readonly id: string;
  readonly name: string;
  readonly secretHash: string;
  readonly username: string;
  readonly profileUid: string;
  /** `undefined`: lives as long as its owner. */
  readonly expiresAt: Date | undefined;
  readonly metadata: Readonly<Record<string, unknown>>;
  /** Empty: not restricted. */
  readonly roleDescriptors: RoleDescriptors;
  /**
   * The owner's key epoch when this key was created; `undefined`: before the owner's first epoch.
   */
  readonly epoch: string | undefined;
  readonly createdAt: Date;
}

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

/** Query for one page of keys. */
export interface ApiKeySearch {
  /** Keys of this owner only; `undefined`: of every owner. */
  readonly profileUid?: string | undefined;
  readonly usernames?: readonly string[] | undefined;
  /** This key only, if the other filters match. */
  readonly id?: string | undefined;
  /** Kibana's type of keys. All keys here are `rest`. */
  readonly type?: 'rest' | 'cross_cluster' | 'managed' | undefined;
  /** Words of the name. */
  readonly text?: string | undefined;
  /** `true`: only those that expired before `now`; `false`: only the others. */
  readonly expired?: boolean | undefined;
  readonly now: Date;
  /** Default: newest first. */
  readonly sort?: SortField | undefined;
  readonly page: number;
  readonly perPage: number;
}

/** API keys by their public id. */
export class ApiKeyStore {
  readonly #repository: () => SavedObjectsRepository;

  /** @param repository asked at each use, because it exists only once the plugin starts */
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

  async get(id: string): Promise<ApiKey | undefined> {
    const found = await this.#repository().getIfExists<ApiKeyAttributes>(API_KEY_TYPE, id);
    return found === undefined ? undefined : toApiKey(found);
  }

  /** Resolves to `false` when it no longer exists. */
  async update(id: string, { expiresAt, ...changes }: ApiKeyChanges): Promise<boolean> {
    try {
      await this.#repository().update<ApiKeyAttributes>(API_KEY_TYPE, id, {
        ...changes,
        ...(expiresAt === undefined ? {} : { expiresAt: expiresAt.toISOString() }),
      });
      return true;
    } catch (error) {
      if (error instanceof SavedObjectError && error.code === 'not_found') return false;
      throw error;
    }
  }

  async search(
    search: ApiKeySearch,
  ): Promise<{ readonly keys: readonly ApiKey[]; readonly total: number }> {
    const { page, perPage, sort = { field: 'createdAt', order: 'desc' } } = search;
    if (search.type !== undefined && search.type !== 'rest') return { keys: [], total: 0 };
    if (search.id !== undefined) {
      const key = await this.get(search.id);
      const isWithin = key !== undefined && key.profileUid === search.profileUid && page === 1;
      const keys = isWithin ? [key] : [];
      return { keys, total: keys.length };
    }
    const found = await this.#repository().find<ApiKeyAttributes>({
      type: API_KEY_TYPE,
      filter: toFilter(search),
      sort: [sort],
      page,
      perPage,
    });
    return { keys: found.savedObjects.map(toApiKey), total: found.total };
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

  /** All keys of one owner, in no particular order. */
  idsOf(profileUid: string): AsyncIterable<string> {
    return this.#ids(filter.equals('profileUid', profileUid));
  }

  /** Keys that expired before an instant: of one owner, or of all. */
  expiredIds(before: Date, profileUid?: string): AsyncIterable<string> {
    const expired = filter.before('expiresAt', before);
    return this.#ids(
      profileUid === undefined
        ? expired
        : filter.and(expired, filter.equals('profileUid', profileUid)),
    );
  }

  /** Every key with its restriction and version. */
  async *restrictedKeys(): AsyncIterable<{
    readonly id: string;
    readonly version: string;
    readonly roleDescriptors: RoleDescriptors;
  }> {
    const batches = this.#repository().iterate<ApiKeyAttributes>({ type: API_KEY_TYPE });
    for await (const batch of batches) {
      for (const { id, version, attributes } of batch) {
        const roleDescriptors = readDescriptors(attributes.roleDescriptors);
        if (Object.keys(roleDescriptors).length > 0) yield { id, version, roleDescriptors };
      }
    }
  }

  /**
   * Replaces the restriction of a key, or removes the key. `false`: another version is stored by
   * now.
   */
  async restrict(
    { id, version }: { readonly id: string; readonly version: string },
    roleDescriptors: RoleDescriptors | 'removed',
  ): Promise<boolean> {
    const repository = this.#repository();
    try {
      if (roleDescriptors === 'removed') await repository.delete(API_KEY_TYPE, id, { version });
      else await repository.update(API_KEY_TYPE, id, { roleDescriptors }, { version });
      return true;
    } catch (error) {
      if (isLostRace(error)) return false;
      throw error;
    }
  }

  /** Resolves to `false` when there was none. */
  async remove(id: string): Promise<boolean> {
    try {
      await this.#repository().delete(API_KEY_TYPE, id, { visibleToSearch: true });
      return true;
    } catch (error) {
      if (error instanceof SavedObjectError && error.code === 'not_found') return false;
      throw error;
    }
  }

  async *#ids(matching: Filter): AsyncIterable<string> {
    const batches = this.#repository().iterate({ type: API_KEY_TYPE, filter: matching });
    for await (const batch of batches) for (const { id } of batch) yield id;
  }
}

function toFilter({ profileUid, usernames, text, expired, now }: ApiKeySearch): Filter {
  const isExpired = filter.before('expiresAt', now);
  return filter.and(
    ...(profileUid === undefined ? [] : [filter.equals('profileUid', profileUid)]),
    ...(usernames === undefined ? [] : [filter.isOneOf('username', usernames)]),
    ...(text === undefined ? [] : [filter.matches('name', text)]),
    ...(expired === undefined ? [] : [expired ? isExpired : filter.not(isExpired)]),
  );
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

/** A restriction that cannot be read allows nothing: damaged data never widens a key. */
function readDescriptors(stored: ApiKeyAttributes['roleDescriptors']): RoleDescriptors {
  if (stored === undefined) return {};
  const parsed = roleDescriptors.safeParse(stored);
  return parsed.success ? parsed.data : { unreadable: {} };
}
