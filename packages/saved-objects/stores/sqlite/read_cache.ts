import type { StoredDocument } from '../../store/document_store.ts';
import type { SqliteConnection } from './connection.ts';

/** Characters of stored JSON that are kept; a token is about 1,000. */
const MAX_CHARACTERS = 16 * 1024 * 1024;
/** Keys remembered of single reads, so that a walk over many documents does not push out those read all the time. */
const MAX_SEEN = 10_000;

/** A document and the length of its JSON. */
export interface MeasuredDocument {
  readonly document: StoredDocument;
  readonly characters: number;
}

/**
 * Documents that are read by key again and again, as they are stored: ciphertext stays ciphertext. Reads stay real-time: before each answer SQLite is
 * asked whether another connection has committed anything (`PRAGMA data_version`), which costs a third of reading, and if so everything is
 * forgotten; writes of this connection name their key. A document is the same frozen object as long as nobody writes it, so what is worked out from
 * it can be remembered by its identity.
 */
export class ReadCache {
  readonly #connection: SqliteConnection;
  readonly #documents = new Map<string, MeasuredDocument>();
  readonly #seen = new Set<string>();
  #characters = 0;
  #dataVersion: unknown;

  constructor(connection: SqliteConnection) {
    this.#connection = connection;
  }

  /** @param load one read of the database */
  read(key: string, load: () => MeasuredDocument | undefined): StoredDocument | undefined {
    const isWorthKeeping = this.#documents.has(key) || this.#seen.has(key);
    // Asked before reading: what others commit in between is forgotten with the next question.
    if (isWorthKeeping) this.#forgetIfOthersWrote();
    const known = this.#documents.get(key);
    if (known !== undefined) return known.document;
    const loaded = load();
    if (loaded === undefined) return undefined;
    if (isWorthKeeping) this.#keep(key, loaded);
    else this.#notice(key);
    return loaded.document;
  }

  /** Call when this connection writes or deletes the document, whether or not it is committed in the end. */
  forget(key: string): void {
    const known = this.#documents.get(key);
    if (known === undefined) return;
    this.#characters -= known.characters;
    this.#documents.delete(key);
  }

  #forgetIfOthersWrote(): void {
    const current = this.#connection.dataVersion();
    if (current === this.#dataVersion) return;
    this.#dataVersion = current;
    this.#documents.clear();
    this.#characters = 0;
  }

  #keep(key: string, loaded: MeasuredDocument): void {
    if (loaded.characters > MAX_CHARACTERS) return;
    deepFreeze(loaded.document);
    this.#documents.set(key, loaded);
    this.#characters += loaded.characters;
    for (const oldest of this.#documents.keys()) {
      if (this.#characters <= MAX_CHARACTERS) return;
      this.forget(oldest);
    }
  }

  #notice(key: string): void {
    if (this.#seen.size >= MAX_SEEN) this.#seen.clear();
    this.#seen.add(key);
  }
}

/** JSON has no circles. */
function deepFreeze(value: unknown): void {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return;
  Object.freeze(value);
  for (const member of Object.values(value)) deepFreeze(member);
}
