import { deepFreeze, type SavedObjectKey } from '@latchkey/saved-objects';
import { isSameKey } from './attribute_cipher.ts';

type Attributes = Readonly<Record<string, unknown>>;

/**
 * Maximum number of documents whose plaintext is kept. When the cache is full, adding a document
 * removes all others.
 */
const MAX_DOCUMENTS = 1000;
/** Maximum milliseconds for which plaintext is kept. */
const LIFETIME_MS = 30_000;

interface Entry {
  readonly key: SavedObjectKey;
  readonly decrypted: Readonly<Record<string, unknown>>;
}

/**
 * Keeps the plaintext of documents that are read often, because decrypting a document costs more
 * than the rest of such a read. A store that keeps documents in memory returns the same frozen
 * object for each read of an unchanged document, and another object after a change or a key
 * rotation. An entry is therefore never outdated. All plaintext is dropped together: {@link
 * LIFETIME_MS} after the first document was added, or when the cache is full.
 */
export class DecryptedCache {
  /** Entries by the stored attributes. */
  readonly #entries = new Map<Attributes, Entry>();
  /** Timer that drops all entries. `undefined`: there are no entries. */
  #timer: NodeJS.Timeout | undefined;

  /** The decrypted attributes. `undefined`: not cached for this object. */
  get(key: SavedObjectKey, stored: Attributes): Attributes | undefined {
    const entry = this.#entries.get(stored);
    return entry !== undefined && isSameKey(entry.key, key) ? entry.decrypted : undefined;
  }

  /** Caches and freezes decrypted attributes, if the stored ones cannot change. */
  add(key: SavedObjectKey, stored: Attributes, decrypted: Attributes): void {
    if (!Object.isFrozen(stored)) return;
    if (this.#entries.size >= MAX_DOCUMENTS) this.#entries.clear();
    this.#timer ??= setTimeout(() => this.#dropAll(), LIFETIME_MS).unref();
    this.#entries.set(stored, { key, decrypted: deepFreeze(decrypted) });
  }

  #dropAll(): void {
    this.#timer = undefined;
    this.#entries.clear();
  }
}
