import type { Filter } from '../filter/filter.ts';
import type { DocumentStore, SortField } from '../store/document_store.ts';
import type { SavedObject, SavedObjectKey, SavedObjectReference } from '../types/saved_object.ts';
import type { SavedObjectsType } from '../types/saved_objects_type.ts';
import type { EncryptionExtension } from './encryption_extension.ts';

/** Where and how an object is created. `namespace` absent: the default space. */
export interface CreateOptions {
  /** Default: a random UUID. At most 512 characters. */
  readonly id?: string;
  readonly namespace?: string | undefined;
  readonly references?: readonly SavedObjectReference[];
  /** `true` replaces what is there, whatever its version. Default `false`: an existing id is a `conflict`. */
  readonly overwrite?: boolean;
  /** See `PutOptions.visibleToSearch`. Default: as the type says. */
  readonly visibleToSearch?: boolean;
}

/** Which object is changed and on what condition. */
export interface UpdateOptions {
  readonly namespace?: string | undefined;
  /** Write only if this is still the stored version; otherwise `conflict`. Absent: conflicts are re-read and merged again, at most 3 times. */
  readonly version?: string;
  readonly references?: readonly SavedObjectReference[];
  /** Default: as the type says. */
  readonly visibleToSearch?: boolean;
}

/** Attributes to set; `undefined` removes one, absent ones stay as they are. */
export type AttributeChanges<A extends object> = {
  readonly [K in keyof A]?: A[K] | undefined;
};

/**
 * A decision of the caller of {@link SavedObjectsRepository.mutate}.
 * - attributes: writes them. Onto a stored object they are merged, and `undefined` removes one.
 *   Where nothing is stored they are the attributes of a new object.
 * - `skip`: leaves everything as it is.
 * - `remove`: deletes the object. Where nothing is stored this is the same as `skip`.
 */
export type Change<A extends object> = 'skip' | 'remove' | AttributeChanges<A>;

/** How {@link SavedObjectsRepository.mutate} reads and writes. */
export interface MutateOptions {
  readonly namespace?: string | undefined;
  /** Maximum number of attempts, at least 1. Default 20. */
  readonly attempts?: number;
  /** `true`: `change` sees encrypted attributes decrypted. Default `false`: they are left out. */
  readonly decrypt?: boolean;
  /** Default: as the type says. */
  readonly visibleToSearch?: boolean;
}

/** Result of {@link SavedObjectsRepository.mutate}. */
export interface MutateResult<A extends object> {
  readonly outcome: 'created' | 'updated' | 'removed' | 'skipped';
  /** The object that the decision was made on; `undefined`: nothing was stored. */
  readonly before: SavedObject<A> | undefined;
  /**
   * The object after the call; the same as `before` when it was skipped. `undefined`: nothing is
   * stored. After a write it holds plaintext of encrypted attributes.
   */
  readonly after: SavedObject<A> | undefined;
}

/** Where to read, and whether secrets are wanted. */
export interface ReadOptions {
  readonly namespace?: string | undefined;
  /** `true`: encrypted attributes come decrypted. Default `false`: they are left out. */
  readonly decrypt?: boolean;
}

/** Whether secrets are wanted, and what is done about objects that cannot be read. */
export interface BulkGetOptions extends Pick<ReadOptions, 'decrypt'> {
  readonly onUnreadable?: (key: SavedObjectKey, error: Error) => void;
}

/** A search. It may lag behind the latest writes; reads by id never do. */
export interface FindOptions {
  readonly type: string | readonly string[];
  /** `undefined`: `default`. `['*']`: all spaces. */
  readonly namespaces?: readonly string[];
  readonly filter?: Filter;
  readonly sort?: readonly SortField[];
  /** From 1. Default 1. */
  readonly page?: number;
  /** Default 20; `page * perPage` at most 10,000: iterate beyond that. */
  readonly perPage?: number;
}

/** One page of a search. */
export interface FindResult<A extends object> {
  readonly savedObjects: readonly SavedObject<A>[];
  readonly total: number;
  readonly page: number;
  readonly perPage: number;
}

/** A walk over everything that matches. */
export interface IterateOptions {
  readonly type: string;
  readonly namespaces?: readonly string[];
  readonly filter?: Filter;
  /** Default 100. */
  readonly batchSize?: number;
  /**
   * `true`: decrypted. An object that cannot be decrypted, or that a newer build wrote and this one cannot read, is handed to
   * `onUndecryptable` and skipped, so that one row costs one row.
   */
  readonly decrypt?: boolean;
  readonly onUndecryptable?: (key: SavedObjectKey, error: Error) => void;
}

/**
 * Typed access to saved objects for one set of hidden types. All reads by id are real-time.
 * @throws SavedObjectError from every method, see its codes
 */
export interface SavedObjectsRepository {
  create<A extends object>(
    type: string,
    attributes: A,
    options?: CreateOptions,
  ): Promise<SavedObject<A>>;
  /** @throws SavedObjectError `not_found` also when it lives in another namespace */
  get<A extends object>(type: string, id: string, options?: ReadOptions): Promise<SavedObject<A>>;
  /** Like `get`, but `undefined` for what does not exist. */
  getIfExists<A extends object>(
    type: string,
    id: string,
    options?: ReadOptions,
  ): Promise<SavedObject<A> | undefined>;
  /**
   * In the order asked for; `undefined` where nothing is stored. One store call. An object that cannot be decrypted or read is handed to
   * `onUnreadable` and answered as `undefined`; without a handler it fails the whole call.
   */
  bulkGet<A extends object>(
    keys: readonly SavedObjectKey[],
    options?: BulkGetOptions,
  ): Promise<readonly (SavedObject<A> | undefined)[]>;
  /**
   * Merges top-level attributes onto the stored ones (`undefined` removes one), on top of a decrypting read, then encrypts and writes by compare-and-set.
   * Attributes this build does not know stay untouched. The answer holds plaintext of encrypted attributes.
   */
  update<A extends object>(
    type: string,
    id: string,
    attributes: AttributeChanges<A>,
    options?: UpdateOptions,
  ): Promise<SavedObject<A>>;
  /**
   * Reads an object, decides, and writes by compare-and-set. When another writer was faster, it
   * reads and decides again. The read is real-time.
   * @param change is called once per attempt, with what is stored now; `undefined`: nothing. What it
   * throws ends the call. Side effects of it must be safe to repeat
   * @throws SavedObjectError `contended` when other writers were faster on every attempt. That also
   * is the end of a creation under an id that is taken in a space that the caller does not see
   */
  mutate<A extends object>(
    type: string,
    id: string,
    change: (current: SavedObject<A> | undefined) => Change<A> | Promise<Change<A>>,
    options?: MutateOptions,
  ): Promise<MutateResult<A>>;
  /** @throws SavedObjectError `not_found`, or `conflict` when `version` is no longer the stored one */
  delete(
    type: string,
    id: string,
    options?: {
      readonly namespace?: string | undefined;
      readonly version?: string;
      readonly visibleToSearch?: boolean;
    },
  ): Promise<void>;
  /** Search; encrypted attributes are left out. So are objects of a newer build that this one cannot read; `total` counts them. */
  find<A extends object>(options: FindOptions): Promise<FindResult<A>>;
  /** Batches over a point in time, for any number of objects with bounded memory. */
  iterate<A extends object>(options: IterateOptions): AsyncIterable<readonly SavedObject<A>[]>;
}

/** What plugins register while they set up. */
export interface SavedObjectsSetup {
  /** @throws Error on a duplicate name, an incomplete model version chain, or after start */
  registerType(type: SavedObjectsType): void;
  /** Exactly one plugin (encrypted saved objects) does this. */
  registerEncryption(extension: EncryptionExtension): void;
}

/** Reading and writing, once every type is known. */
export interface SavedObjectsStart {
  /** A repository that also reaches the hidden types named. */
  createRepository(options?: {
    readonly includedHiddenTypes?: readonly string[];
  }): SavedObjectsRepository;
  /** All registered types, for tools that walk everything (key rotation). */
  getTypes(): readonly SavedObjectsType[];
  /** The raw store, for key rotation and migrations only. */
  readonly store: DocumentStore;
}
