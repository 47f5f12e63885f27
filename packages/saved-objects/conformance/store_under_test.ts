import type { DocumentStore } from '../store/document_store.ts';

/** A store made for one test, empty. */
export interface StoreUnderTest {
  readonly store: DocumentStore;
  /** Closes and removes everything. */
  readonly cleanup: () => Promise<void>;
  /** A second, independent connection to the same data, as another process would have. Absent: tests that need it are left out. */
  readonly reopen?: () => Promise<DocumentStore>;
}

/** What each part of the suite works on. */
export interface ConformanceContext {
  /** The store of the running test, prepared with the suite's types. */
  readonly store: () => DocumentStore;
  /** Another connection to the same data; `undefined` when the store cannot have one. */
  readonly reopen: () => Promise<DocumentStore | undefined>;
}
