import {
  filter,
  type SavedObject,
  SavedObjectError,
  type SavedObjectsRepository,
} from '@latchkey/saved-objects';
import { API_KEY_TYPE } from './api_key_type.ts';

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
  readonly createdAt: Date;
}

interface ApiKeyAttributes {
  readonly name: string;
  readonly secretHash: string;
  readonly username: string;
  readonly profileUid: string;
  readonly expiresAt?: string;
  readonly metadata: Readonly<Record<string, unknown>>;
}

/** API keys by their public id. */
export class ApiKeyStore {
  readonly #repository: () => SavedObjectsRepository;

  /** @param repository asked at each use, because it exists only once the plugin starts */
  constructor(repository: () => SavedObjectsRepository) {
    this.#repository = repository;
  }

  async create({ id, expiresAt, ...key }: Omit<ApiKey, 'createdAt'>): Promise<void> {
    const attributes: ApiKeyAttributes = {
      ...key,
      ...(expiresAt === undefined ? {} : { expiresAt: expiresAt.toISOString() }),
    };
    await this.#repository().create(API_KEY_TYPE, attributes, { id });
  }

  async get(id: string): Promise<ApiKey | undefined> {
    const found = await this.#repository().getIfExists<ApiKeyAttributes>(API_KEY_TYPE, id);
    return found === undefined ? undefined : toApiKey(found);
  }

  /** Newest first. `undefined`: everybody's. */
  async list(profileUid: string | undefined): Promise<readonly ApiKey[]> {
    const keys: ApiKey[] = [];
    const batches = this.#repository().iterate<ApiKeyAttributes>({
      type: API_KEY_TYPE,
      ...(profileUid === undefined ? {} : { filter: filter.equals('profileUid', profileUid) }),
    });
    for await (const batch of batches) keys.push(...batch.map(toApiKey));
    return keys.sort((a, b) => b.createdAt.getTime() - a.createdAt.getTime());
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
    createdAt,
  };
}
