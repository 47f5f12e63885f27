import type { Filter, SortField } from '../filter/filter.ts';
import type { SavedObjectReference } from '../types/saved_object.ts';
import type { SavedObjectsType } from '../types/saved_objects_type.ts';

/**
 * A document as a store keeps it. Attributes are opaque JSON to the store. Encrypted attributes are
 * strings.
 */
export interface StoredDocument {
  /** `{type}:{id}`, or `{namespace}:{type}:{id}` for `single` types. Unique in the store. */
  readonly key: string;
  readonly type: string;
  /** Namespace of the document. `undefined` for agnostic types. */
  readonly namespace: string | undefined;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly references: readonly SavedObjectReference[];
  readonly modelVersion: number;
  /** Instant in ISO 8601. */
  readonly createdAt: string;
  /** Instant in ISO 8601. */
  readonly updatedAt: string;
  /**
   * Opaque text that changes with every write except those with {@link PutOptions.keepsVersion}. It
   * never repeats for one key, even after the document is deleted and created again.
   */
  readonly version: string;
}

/** The attributes that a read returns. */
export interface FieldSelection {
  /**
   * Names of attributes, without dots. Attributes that a document lacks are absent in the result.
   */
  readonly names: readonly string[];
  /**
   * For each type the model version that the names belong to. A document of another model version
   * is returned with all attributes, because it cannot be migrated from a part of them.
   */
  readonly modelVersions: Readonly<Record<string, number>>;
}

/** A document to write. The store assigns the version. */
export type DocumentToStore = Omit<StoredDocument, 'version'>;

/**
 * The condition of a put.
 * - `ifAbsent`: no document has the key.
 * - `ifVersion`: the stored document has this version.
 * - `ifModelVersion`: the stored document also has this model version. A migration changes the
 *   model version and keeps the version, so a version alone can name two shapes of a document.
 *   `undefined` accepts both.
 */
export type PutCondition =
  | { readonly ifAbsent: true }
  | { readonly ifVersion: string; readonly ifModelVersion?: number };

/** Options of {@link DocumentStore.put}. */
export interface PutOptions {
  /** Condition of the write. `undefined`: write unconditionally. */
  readonly condition?: PutCondition;
  /**
   * `true`: the put waits until searches see the write (for management pages). `false`, the
   * default: it does not wait (for tokens). Reads by key see the write in both cases.
   */
  readonly visibleToSearch?: boolean;
  /**
   * `true`: the write is a migration. The content stays the same in another model version, so the
   * document keeps its version and callers that have read this version can still write. Requires
   * `ifVersion`, `ifModelVersion` and a different model version in the document.
   */
  readonly keepsVersion?: boolean;
  /**
   * The document that the condition names, as `getMany` returned it. It does not change the
   * condition, but with it a store may not have to read the document again.
   */
  readonly replaces?: StoredDocument;
}

/**
 * A request for one page of documents. The page may lack the latest writes; see `seesAllWrites`.
 */
export interface SearchRequest {
  readonly types: readonly string[];
  /** Namespaces to search. Default: all. Agnostic documents always match. */
  readonly namespaces?: readonly string[];
  readonly filter?: Filter;
  /** Sort order. Documents with equal values are ordered by key, so pages never overlap. */
  readonly sort?: readonly SortField[];
  readonly offset?: number;
  /** Maximum number of documents in the page, at most 10,000. */
  readonly limit: number;
  /**
   * `true`: the result includes every acknowledged write. This is expensive in Elasticsearch: use
   * it for rare counts, not while a user waits. Default `false`.
   */
  readonly seesAllWrites?: boolean;
  /** Attributes to return. Default: all. */
  readonly fields?: FieldSelection;
}

/** One page of documents. */
export interface SearchResult {
  readonly documents: readonly StoredDocument[];
  /** Number of all matching documents, not only those of this page. */
  readonly total: number;
}

/** A request for all matching documents in batches, as of the start of the iteration. */
export interface IterateRequest {
  readonly types: readonly string[];
  readonly filter?: Filter;
  readonly namespaces?: readonly string[];
  /** Maximum documents per batch. It limits memory. */
  readonly batchSize: number;
  /** Attributes to return. Default: all. */
  readonly fields?: FieldSelection;
}

/**
 * The interface of a document store, implemented by `stores/sqlite` and `stores/elasticsearch`. All
 * persistence goes through it. The tests in `conformance/` define the behaviour of each method.
 * Every method throws `StoreError` `unavailable` when the store cannot be reached.
 */
export interface DocumentStore {
  /**
   * Creates tables or indices for the types and adds mappings. Safe to repeat, and safe in several
   * processes at the same time.
   */
  prepare(types: readonly SavedObjectsType[]): Promise<void>;
  /**
   * Reads documents in the order of `keys` and sees every acknowledged write. `undefined`: no
   * document has the key.
   * @param fields attributes to return; default: all
   */
  getMany(
    keys: readonly string[],
    type: string,
    fields?: FieldSelection,
  ): Promise<readonly (StoredDocument | undefined)[]>;
  /**
   * Writes one document atomically.
   * @throws StoreError `conflict` when the condition is not met
   */
  put(document: DocumentToStore, options?: PutOptions): Promise<StoredDocument>;
  /**
   * Deletes one document. Resolves to `false` when no document has the key.
   * @throws StoreError `conflict` when `ifVersion` is not the stored version
   */
  delete(
    key: string,
    type: string,
    options?: { readonly ifVersion?: string; readonly visibleToSearch?: boolean },
  ): Promise<boolean>;
  search(request: SearchRequest): Promise<SearchResult>;
  /**
   * Yields batches of documents, each document at most once. Writes during the iteration are
   * allowed. Leaving the loop early frees its resources.
   */
  iterate(request: IterateRequest): AsyncIterable<readonly StoredDocument[]>;
  /**
   * Checks that reads and writes work.
   * @throws StoreError `unavailable` with a message for the operator
   */
  ping(): Promise<void>;
  close(): Promise<void>;
}
