import type { ServiceStatus } from '@latchkey/core/server';
import type { SavedObjectKey } from '@latchkey/saved-objects';
import type { DecryptionWatcher } from './attribute_encryption.ts';

/** Enough to tell one damaged row from a wrong key, small enough to never matter. */
const MAX_REMEMBERED = 1000;

/** Remembers which objects could not be decrypted since the start, until one is read again. */
export class DecryptionHealth implements DecryptionWatcher {
  readonly #unreadable = new Set<string>();
  readonly #onFailure: (type: string) => void;

  /** @param onFailure told of each failure, for a counter */
  constructor(onFailure: (type: string) => void = () => {}) {
    this.#onFailure = onFailure;
  }

  decrypted(key: SavedObjectKey): void {
    if (this.#unreadable.size > 0) this.#unreadable.delete(nameOf(key));
  }

  undecryptable(key: SavedObjectKey): void {
    this.#onFailure(key.type);
    if (this.#unreadable.size < MAX_REMEMBERED) this.#unreadable.add(nameOf(key));
  }

  /** For `GET /api/status`. */
  status(): ServiceStatus {
    const count = this.#unreadable.size;
    if (count === 0) return { level: 'available', summary: 'All objects asked for were readable' };
    const first = [...this.#unreadable].slice(0, 3).join(', ');
    return {
      level: 'degraded',
      summary: `${count === MAX_REMEMBERED ? 'At least ' : ''}${count} stored objects cannot be decrypted since start, among them [${first}]: check xpack.encryptedSavedObjects.keyRotation.decryptionOnlyKeys, or restore or delete them`,
    };
  }
}

function nameOf({ type, id }: SavedObjectKey): string {
  return `${type}:${id}`;
}
