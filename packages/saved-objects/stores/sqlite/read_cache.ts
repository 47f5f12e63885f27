import { setImmediate } from 'node:timers';
import type { StoredDocument } from '../../store/document_store.ts';
import { deepFreeze } from '../../types/deep_freeze.ts';
import type { SqliteConnection } from './connection.ts';

/** Maximum characters of stored JSON in the cache. A token document has about 1,000. */
const MAX_CHARACTERS = 16 * 1024 * 1024;
/**
 * Maximum keys of documents that were read once. Only the second read caches a document, so reading
 * many documents once does not evict documents that are read often.
 */
const MAX_READ_ONCE = 10_000;

/** A document and the length of its JSON. */
export interface MeasuredDocument {
  readonly document: StoredDocument;
  readonly characters: number;
}

/**
 * Caches documents that are read by key repeatedly. They are cached as stored, with ciphertext.
 * Reads still see every commit of which their caller can know. `PRAGMA data_version` tells whether
 * another connection committed a write; then the whole cache is cleared. This check costs a third
 * of a read. So reads wait until the event loop has handled the I/O events that are ready, and one
 * check serves all of them, because each of them started before it ({@link ReadCache.whenReady}). A
 * check is valid until the event loop runs another callback, because no message of another process
 * arrives before that.
 * A write of this connection drops its document.
 * While a document is unchanged, reads return the same frozen object. So callers can cache values
 * that they derive from it by its identity.
 */
export class ReadCache {
  readonly #connection: SqliteConnection;
  readonly #documents = new Map<string, MeasuredDocument>();
  readonly #readOnce = new Set<string>();
  #characters = 0;
  #dataVersion: unknown;
  #nextTurn: Promise<void> | undefined;
  /**
   * `true`: in this callback of the event loop, commits of other connections were already checked
   * for.
   */
  #isChecked = false;

  constructor(connection: SqliteConnection) {
    this.#connection = connection;
  }

  /** Returns a promise to await before `read`. `undefined`: the read need not wait. */
  whenReady(key: string): Promise<void> | undefined {
    if (this.#isChecked || !this.#isRepeated(key)) return undefined;
    this.#nextTurn ??= new Promise((resolve) => {
      setImmediate(() => {
        this.#nextTurn = undefined;
        resolve();
      });
    });
    return this.#nextTurn;
  }

  /**
   * Returns the cached document or loads it. `undefined`: it does not exist.
   * @param load reads the document from the database
   */
  read(key: string, load: () => MeasuredDocument | undefined): StoredDocument | undefined {
    const isRepeated = this.#isRepeated(key);
    // The check is done before the read: if another connection commits in between, the next check
    // clears the cache before the next read.
    if (isRepeated) this.#clearAfterOtherWrites();
    const cached = this.#documents.get(key);
    if (cached !== undefined) return cached.document;
    const loaded = load();
    if (loaded === undefined) return undefined;
    if (isRepeated) this.#add(key, loaded);
    else this.#recordRead(key);
    return loaded.document;
  }

  /**
   * Drops a document. Call it when this connection writes or deletes the document, committed or
   * not.
   */
  drop(key: string): void {
    const cached = this.#documents.get(key);
    if (cached === undefined) return;
    this.#characters -= cached.characters;
    this.#documents.delete(key);
  }

  #isRepeated(key: string): boolean {
    return this.#documents.has(key) || this.#readOnce.has(key);
  }

  #clearAfterOtherWrites(): void {
    if (this.#isChecked) return;
    const current = this.#connection.dataVersion();
    this.#isChecked = true;
    // This runs after all promises that this callback has resolved were handled.
    process.nextTick(() => {
      this.#isChecked = false;
    });
    if (current === this.#dataVersion) return;
    this.#dataVersion = current;
    this.#documents.clear();
    this.#characters = 0;
  }

  #add(key: string, loaded: MeasuredDocument): void {
    if (loaded.characters > MAX_CHARACTERS) return;
    deepFreeze(loaded.document);
    this.#documents.set(key, loaded);
    this.#characters += loaded.characters;
    for (const oldest of this.#documents.keys()) {
      if (this.#characters <= MAX_CHARACTERS) return;
      this.drop(oldest);
    }
  }

  #recordRead(key: string): void {
    if (this.#readOnce.size >= MAX_READ_ONCE) this.#readOnce.clear();
    this.#readOnce.add(key);
  }
}
