import type { ServiceStatus } from '@latchkey/core/server';
import type { SavedObjectKey } from '@latchkey/saved-objects';
import type { DecryptionListener } from './attribute_encryption.ts';

/**
 * Maximum number of recorded objects: enough to distinguish one damaged row from a wrong key, and
 * too few to use much memory.
 */
const MAX_RECORDED = 1000;

/**
 * Called for each failed decryption. `isNew`: the object has not failed since the start, or was
 * readable after its last failure.
 */
export type DecryptionFailed = (key: SavedObjectKey, isNew: boolean) => void;

/**
 * Records the objects that could not be decrypted since the start, until they can be read again.
 */
export class DecryptionHealth implements DecryptionListener {
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
    const isFull = this.#unreadable.size >= MAX_RECORDED;
    this.#onFailure(key, !isFull && !this.#unreadable.has(name));
    if (!isFull) this.#unreadable.add(name);
  }

  /**
   * Status for `GET /api/status`. Users of every space can read it, so it must not name objects.
   */
  status(): ServiceStatus {
    const count = this.#unreadable.size;
    if (count === 0)
      return { level: 'available', summary: 'All objects read so far could be decrypted' };
    return {
      level: 'degraded',
      summary: `${count === MAX_RECORDED ? 'At least ' : ''}${count} stored objects cannot be decrypted since start (the log names them): check xpack.encryptedSavedObjects.keyRotation.decryptionOnlyKeys, or restore or delete them`,
    };
  }
}

function nameOf({ type, id }: SavedObjectKey): string {
  return `${type}:${id}`;
}
