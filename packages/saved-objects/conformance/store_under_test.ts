import type { DocumentStore } from '../store/document_store.ts';

/** An empty store for one test. */
export interface StoreUnderTest {
  readonly store: DocumentStore;
  /** Closes the store and deletes its data. */
  readonly cleanup: () => Promise<void>;
  /**
   * Opens a second connection to the same data, like another process. Absent: the store supports
   * only one connection.
   */
  readonly reopen?: () => Promise<DocumentStore>;
}

/** Access of the tests to the store. */
export interface ConformanceContext {
  /** The store of the running test, prepared with the types of the conformance tests. */
  readonly store: () => DocumentStore;
  /** Opens another connection to the same data. `undefined`: the store supports only one. */
  readonly reopen: () => Promise<DocumentStore | undefined>;
}
