import type { StoredDocument } from '../../store/document_store.ts';
import { ReadScope } from '../../store/read_scope.ts';
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
 * Caches documents that are read by key repeatedly. It holds them as stored, with ciphertext.
 *
 * Reads still see every commit. Before each cached read, `PRAGMA data_version` tells whether
 * another connection committed a write; then the whole cache is cleared. The check costs a third of
 * a read, so the reads of one {@link ReadScope} share it.
 * A write of this connection drops its document.
 *
 * While a document is unchanged, reads return the same frozen object. So callers can cache values
 * that they derive from it by its identity.
 */
export class ReadCache {
  readonly #connection: SqliteConnection;
  readonly #documents = new Map<string, MeasuredDocument>();
  readonly #readOnce = new Set<string>();
  #characters = 0;
  #dataVersion: unknown;

  constructor(connection: SqliteConnection) {
    this.#connection = connection;
  }

  /**
   * Returns the cached document or loads it. `undefined`: it does not exist.
   * @param load reads the document from the database
   */
  read(key: string, load: () => MeasuredDocument | undefined): StoredDocument | undefined {
    const isRepeated = this.#documents.has(key) || this.#readOnce.has(key);
    // Checked before the read: a commit of another connection in between clears the cache before
    // the next read.
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

  #clearAfterOtherWrites(): void {
    if (ReadScope.current()?.needsCheck(this) === false) return;
    const current = this.#connection.dataVersion();
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
