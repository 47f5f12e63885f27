import type { Filter } from '../filter/filter.ts';
import type { SavedObjectReference } from '../types/saved_object.ts';
import type { SavedObjectsType } from '../types/saved_objects_type.ts';

/** A document as a store keeps it. Attributes are opaque JSON to the store; encrypted ones are strings. */
export interface StoredDocument {
  /** `{type}:{id}`, for `single` types `{namespace}:{type}:{id}`. Unique in the store. */
  readonly key: string;
  readonly type: string;
  /** `undefined` for agnostic types. */
  readonly namespace: string | undefined;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly references: readonly SavedObjectReference[];
  readonly modelVersion: number;
  /** ISO instants. */
  readonly createdAt: string;
  readonly updatedAt: string;
  /** Opaque, changes with every write but one that {@link PutOptions.keepsVersion}, never repeats for one key, even after delete and create. */
  readonly version: string;
}

/** A document to write: everything but the version, which the store gives. */
export type DocumentToStore = Omit<StoredDocument, 'version'>;

/**
 * When a put may happen. Absent: always. A version that a migration kept names a document in two shapes; `ifModelVersion` says which of them was
 * read. Absent: either.
 */
export type PutCondition =
  | { readonly ifAbsent: true }
  | { readonly ifVersion: string; readonly ifModelVersion?: number };

/** On what condition a document is written, and who must see it at once. */
export interface PutOptions {
  readonly condition?: PutCondition;
  /** `true`: the next search sees this write (management). `false`, the default, never waits for that (tokens). Reads by key always see it. */
  readonly visibleToSearch?: boolean;
  /**
   * `true`: the document says what it said before in another model version, and stays in the version of the condition. Whoever holds that
   * version has missed nothing. Only with `ifVersion` and `ifModelVersion`, and another model version to write.
   */
  readonly keepsVersion?: boolean;
}

/** One criterion of an order; the field is mapped. */
export interface SortField {
  readonly field: string;
  readonly order: 'asc' | 'desc';
}

/** A page of documents. It may lag behind the latest writes, unless it is to see them. */
export interface SearchRequest {
  readonly types: readonly string[];
  /** `undefined`: all namespaces. Agnostic documents always match. */
  readonly namespaces?: readonly string[];
  readonly filter?: Filter;
  /** Ties are broken by key, so pages never overlap. */
  readonly sort?: readonly SortField[];
  readonly offset?: number;
  /** At most 10,000. */
  readonly limit: number;
  /** `true`: includes every acknowledged write, whatever that costs the store. For rare counts, never for what people wait for. Default `false`. */
  readonly seesAllWrites?: boolean;
}

/** The page that was asked for. */
export interface SearchResult {
  readonly documents: readonly StoredDocument[];
  /** Matches in all, not only on this page. */
  readonly total: number;
}

/** A walk over all documents that match, as they were at its start. */
export interface IterateRequest {
  readonly types: readonly string[];
  readonly filter?: Filter;
  readonly namespaces?: readonly string[];
  /** Documents per batch; bounds memory. */
  readonly batchSize: number;
}

/**
 * The port both stores implement. Small on purpose: everything the rest of the system knows of persistence is here, and
 * `conformance/` says what each method promises. Every method throws `StoreError` `unavailable` when the store cannot be reached.
 */
export interface DocumentStore {
  /** Creates tables or indices for these types and adds mappings; safe to repeat, safe in several processes at once. */
  prepare(types: readonly SavedObjectsType[]): Promise<void>;
  /** Real-time reads, in the order of `keys`; `undefined` where nothing is stored. */
  getMany(keys: readonly string[], type: string): Promise<readonly (StoredDocument | undefined)[]>;
  /** One atomic write. @throws StoreError `conflict` when the condition does not hold */
  put(document: DocumentToStore, options?: PutOptions): Promise<StoredDocument>;
  /** @throws StoreError `conflict` when `ifVersion` is not the stored version; resolves to `false` when nothing was stored */
  delete(
    key: string,
    type: string,
    options?: { readonly ifVersion?: string; readonly visibleToSearch?: boolean },
  ): Promise<boolean>;
  search(request: SearchRequest): Promise<SearchResult>;
  /** Batches of documents, each at most once, tolerant of writes while iterating. Leaving the loop early frees its resources. */
  iterate(request: IterateRequest): AsyncIterable<readonly StoredDocument[]>;
  /** Throws `StoreError` `unavailable` with a sentence for the operator when reads or writes would fail now. */
  ping(): Promise<void>;
  close(): Promise<void>;
}
