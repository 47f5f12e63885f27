import type { ServiceStatus } from '@latchkey/core/server';
import type { SavedObjectKey } from '@latchkey/saved-objects';
import type { DecryptionWatcher } from './attribute_encryption.ts';

/** Enough to tell one damaged row from a wrong key, small enough to never matter. */
const MAX_REMEMBERED = 1000;

/** Called at each failure. `isNew`: the object was readable, or not asked for, since the start. */
export type DecryptionFailed = (key: SavedObjectKey, isNew: boolean) => void;

/** Remembers which objects could not be decrypted since the start, until one is read again. */
export class DecryptionHealth implements DecryptionWatcher {
  readonly #unreadable = new Set<string>();
  readonly #onFailure: DecryptionFailed;

  constructor(onFailure: DecryptionFailed = () => {}) {
    this.#onFailure = onFailure;
  }

  decrypted(key: SavedObjectKey): void {
    if (this.#unreadable.size > 0) this.#unreadable.delete(nameOf(key));
  }

  undecryptable(key: SavedObjectKey): void {
    const name = nameOf(key);
    const isFull = this.#unreadable.size >= MAX_REMEMBERED;
    this.#onFailure(key, !isFull && !this.#unreadable.has(name));
    if (!isFull) this.#unreadable.add(name);
  }

  /** For `GET /api/status`, which users of every space read: it must name no object. */
  status(): ServiceStatus {
    const count = this.#unreadable.size;
    if (count === 0) return { level: 'available', summary: 'All objects asked for were readable' };
    return {
      level: 'degraded',
      summary: `${count === MAX_REMEMBERED ? 'At least ' : ''}${count} stored objects cannot be decrypted since start (the log names them): check xpack.encryptedSavedObjects.keyRotation.decryptionOnlyKeys, or restore or delete them`,
    };
  }
}

function nameOf({ type, id }: SavedObjectKey): string {
  return `${type}:${id}`;
}
