import type { Filter, SortField } from '../filter/filter.ts';
import type { DocumentStore } from '../store/document_store.ts';
import type { SavedObject, SavedObjectKey, SavedObjectReference } from '../types/saved_object.ts';
import type { SavedObjectsType } from '../types/saved_objects_type.ts';
import type { EncryptionExtension } from './encryption_extension.ts';

/** Options of {@link SavedObjectsRepository.create}. */
export interface CreateOptions {
  /** Id of the new object, at most 512 characters. Default: a random UUID. */
  readonly id?: string;
  /** Id of the space. `undefined`: the default space. */
  readonly namespace?: string | undefined;
  readonly references?: readonly SavedObjectReference[];
  /**
   * `true`: replaces an existing object of any version. Default `false`: an existing id is a
   * `conflict`.
   */
  readonly overwrite?: boolean;
  /** `true`: waits until searches find the write. Default: the setting of the type. */
  readonly visibleToSearch?: boolean;
}

/** Options of {@link SavedObjectsRepository.update}. */
export interface UpdateOptions {
  /** Id of the space. `undefined`: the default space. */
  readonly namespace?: string | undefined;
  /**
   * Writes only if this is still the stored version, and throws `conflict` otherwise. `undefined`:
   * after a conflict, the object is read and merged again, at most 3 times.
   */
  readonly version?: string;
  /** Replaces the references. `undefined`: the references stay unchanged. */
  readonly references?: readonly SavedObjectReference[];
  /** `true`: waits until searches find the write. Default: the setting of the type. */
  readonly visibleToSearch?: boolean;
}

/** Attributes to set. `undefined` removes an attribute; absent attributes stay unchanged. */
export type AttributeChanges<A extends object> = {
  readonly [K in keyof A]?: A[K] | undefined;
};

/**
 * The decision of a `change` function of {@link SavedObjectsRepository.mutate}.
 * - attributes: merges them into the stored object, and `undefined` removes one. If there is no
 *   object, creates one with these attributes.
 * - `skip`: writes nothing.
 * - `remove`: deletes the object. If there is no object, this is the same as `skip`.
 */
export type Change<A extends object> = 'skip' | 'remove' | AttributeChanges<A>;

/** Options of {@link SavedObjectsRepository.mutate}. */
export interface MutateOptions {
  /** Id of the space. `undefined`: the default space. */
  readonly namespace?: string | undefined;
  /** Maximum number of attempts, at least 1. Default 20. */
  readonly attempts?: number;
  /** `true`: `change` receives decrypted attributes. Default `false`: they are left out. */
  readonly decrypt?: boolean;
  /** `true`: waits until searches find the write. Default: the setting of the type. */
  readonly visibleToSearch?: boolean;
}

/** Result of {@link SavedObjectsRepository.mutate}. */
export interface MutateResult<A extends object> {
  readonly outcome: 'created' | 'updated' | 'removed' | 'skipped';
  /** The object that `change` received. `undefined`: there was none. */
  readonly before: SavedObject<A> | undefined;
  /**
   * The object after the call; equal to `before` when the object was skipped. `undefined`: there is
   * none. After a write, encrypted attributes are in plaintext.
   */
  readonly after: SavedObject<A> | undefined;
}

/** Which attributes a read of many objects returns. */
interface FieldOptions {
  /**
   * Names of attributes to return, without dots. Other attributes are neither read from the store
   * nor part of the result. `undefined`: all attributes are returned.
   */
  readonly fields?: readonly string[] | undefined;
}

/** Options of {@link SavedObjectsRepository.get} and {@link SavedObjectsRepository.getIfExists}. */
export interface ReadOptions {
  /** Id of the space. `undefined`: the default space. */
  readonly namespace?: string | undefined;
  /** `true`: encrypted attributes are decrypted. Default `false`: they are left out. */
  readonly decrypt?: boolean;
}

/** Options of {@link SavedObjectsRepository.bulkGet}. */
export interface BulkGetOptions extends Pick<ReadOptions, 'decrypt'>, FieldOptions {
  /**
   * Called for each object that cannot be decrypted or read. `undefined`: such an object fails the
   * whole call.
   */
  readonly onUnreadable?: (key: SavedObjectKey, error: Error) => void;
}

/**
 * A search request. Searches may lack the latest writes, unless `seesAllWrites` is set; reads by id
 * always see them.
 */
export interface FindOptions extends FieldOptions {
  readonly type: string | readonly string[];
  /** Spaces to search. Default: only `default`. `['*']`: all spaces. */
  readonly namespaces?: readonly string[];
  readonly filter?: Filter;
  readonly sort?: readonly SortField[];
  /** Number of the page, counted from 1. Default 1. */
  readonly page?: number;
  /**
   * Maximum objects per page. Default 20. `page * perPage` is at most 10,000; use `iterate` for
   * more.
   */
  readonly perPage?: number;
  /**
   * `true`: the result includes every acknowledged write. This is expensive in Elasticsearch.
   * Default `false`.
   */
  readonly seesAllWrites?: boolean;
}

/** One page of a search. */
export interface FindResult<A extends object> {
  readonly savedObjects: readonly SavedObject<A>[];
  /** Number of all matching objects. */
  readonly total: number;
  readonly page: number;
  readonly perPage: number;
}

/** Options of {@link SavedObjectsRepository.iterate}. */
export interface IterateOptions extends FieldOptions {
  readonly type: string;
  /** Spaces to search. Default: only `default`. `['*']`: all spaces. */
  readonly namespaces?: readonly string[];
  readonly filter?: Filter;
  /** Maximum objects per batch. Default 100. */
  readonly batchSize?: number;
  /** `true`: encrypted attributes are decrypted. Default `false`: they are left out. */
  readonly decrypt?: boolean;
  /**
   * Called for each object that cannot be decrypted, or that a newer build wrote and this build
   * cannot read. The iteration skips such objects, with and without a handler.
   */
  readonly onUndecryptable?: (key: SavedObjectKey, error: Error) => void;
}

/** Options of {@link SavedObjectsRepository.deleteMatching}. */
export interface DeleteMatchingOptions {
  readonly type: string;
  /** Spaces to search. Default: only `default`. `['*']`: all spaces. */
  readonly namespaces?: readonly string[];
  readonly filter: Filter;
  /** After this signal aborts, no further batch of at most 100 objects is deleted. */
  readonly signal?: AbortSignal;
}

/**
 * Typed access to saved objects of all visible types, and of the hidden types that the creator of
 * the repository named. All reads by id are real-time.
 * @throws SavedObjectError from every method; see `SavedObjectErrorCode`
 */
export interface SavedObjectsRepository {
  /**
   * Validates, encrypts and stores a new object.
   * @throws SavedObjectError `conflict` when the id exists, even in another space
   */
  create<A extends object>(
    type: string,
    attributes: A,
    options?: CreateOptions,
  ): Promise<SavedObject<A>>;
  /**
   * Reads one object.
   * @throws SavedObjectError `not_found`, even when the object is in another namespace
   */
  get<A extends object>(type: string, id: string, options?: ReadOptions): Promise<SavedObject<A>>;
  /** Like `get`, but resolves to `undefined` when the object does not exist. */
  getIfExists<A extends object>(
    type: string,
    id: string,
    options?: ReadOptions,
  ): Promise<SavedObject<A> | undefined>;
  /**
   * Reads many objects with one store call per type. The result has the order of `keys`;
   * `undefined`: the object does not exist. An object that cannot be decrypted or read is passed to
   * `onUnreadable` and is `undefined` in the result. Without a handler it fails the whole call.
   */
  bulkGet<A extends object>(
    keys: readonly SavedObjectKey[],
    options?: BulkGetOptions,
  ): Promise<readonly (SavedObject<A> | undefined)[]>;
  /**
   * Reads and decrypts the object, merges top-level attributes into it (`undefined` removes one),
   * and writes it encrypted by compare-and-set. Attributes that this build does not know stay
   * unchanged. Encrypted attributes of the result are in plaintext.
   * After a conflict, an update without `version` is repeated, see {@link UpdateOptions.version}.
   * @throws SavedObjectError `not_found`, even when the object is in another namespace; `conflict`
   * when `version` is not the stored version, or when every attempt had a conflict
   */
  update<A extends object>(
    type: string,
    id: string,
    attributes: AttributeChanges<A>,
    options?: UpdateOptions,
  ): Promise<SavedObject<A>>;
  /**
   * Reads an object, calls `change`, and writes its decision by compare-and-set. After a conflict,
   * it reads the object and calls `change` again. The read is real-time.
   * @param change is called once per attempt with the stored object; `undefined`: there is none. An
   * error that it throws ends the call. Its side effects must be safe to repeat
   * @throws SavedObjectError `contended` when every attempt had a conflict; also when it creates an
   * object whose id is used in a space that the caller cannot see
   */
  mutate<A extends object>(
    type: string,
    id: string,
    change: (current: SavedObject<A> | undefined) => Change<A> | Promise<Change<A>>,
    options?: MutateOptions,
  ): Promise<MutateResult<A>>;
  /**
   * Deletes one object.
   * @throws SavedObjectError `not_found`, or `conflict` when `version` is not the stored version
   */
  delete(
    type: string,
    id: string,
    options?: {
      readonly namespace?: string | undefined;
      readonly version?: string;
      readonly visibleToSearch?: boolean;
    },
  ): Promise<void>;
  /**
   * Deletes the objects that match at the start of the call. An object that changed after it was
   * found is kept.
   * @returns the number of deleted objects
   * @throws the first error of the store, after the other objects were tried
   */
  deleteMatching(options: DeleteMatchingOptions): Promise<number>;
  /**
   * Searches for objects. The result lacks encrypted attributes, and objects of a newer build that
   * this build cannot read; `total` counts those objects.
   */
  find<A extends object>(options: FindOptions): Promise<FindResult<A>>;
  /**
   * Yields batches of all objects that match at the start of the iteration. Memory is limited by
   * `batchSize`.
   */
  iterate<A extends object>(options: IterateOptions): AsyncIterable<readonly SavedObject<A>[]>;
}

/** Contract for the `setup` of plugins. */
export interface SavedObjectsSetup {
  /**
   * Registers a saved-object type.
   * @throws Error on a duplicate name, an incomplete model version chain, or after start
   */
  registerType(type: SavedObjectsType): void;
  /**
   * Registers the encryption. Only the encrypted saved objects plugin calls this.
   * @throws Error on a second call, or after start
   */
  registerEncryption(extension: EncryptionExtension): void;
}

/** Contract for the `start` of plugins. */
export interface SavedObjectsStart {
  /** Creates a repository for all visible types and the named hidden types. */
  createRepository(options?: {
    readonly includedHiddenTypes?: readonly string[];
  }): SavedObjectsRepository;
  /** Returns all registered types, for tools that process every object (key rotation). */
  getTypes(): readonly SavedObjectsType[];
  /** The raw store, for key rotation and migrations only. */
  readonly store: DocumentStore;
}
