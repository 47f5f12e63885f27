import {
  type EncryptionExtension,
  SavedObjectError,
  type SavedObjectKey,
} from '@latchkey/saved-objects';
import type { AttributeCipher, AttributePlace } from './attribute_cipher.ts';
import type { EncryptedTypes } from './encrypted_types.ts';
import { EnvelopeError, keyIdOf } from './envelope.ts';

type Attributes = Readonly<Record<string, unknown>>;

/** Told of every object that could or could not be decrypted, for status and metrics. */
export interface DecryptionWatcher {
  decrypted(key: SavedObjectKey): void;
  undecryptable(key: SavedObjectKey): void;
}

/** Encrypts and decrypts the registered attributes of saved objects, and moves them to the primary key. */
export class AttributeEncryption implements EncryptionExtension {
  readonly #types: EncryptedTypes;
  readonly #cipher: AttributeCipher;
  readonly #watcher: DecryptionWatcher | undefined;

  constructor(types: EncryptedTypes, cipher: AttributeCipher, watcher?: DecryptionWatcher) {
    this.#types = types;
    this.#cipher = cipher;
    this.#watcher = watcher;
  }

  isEncryptedType(type: string): boolean {
    return this.#types.find(type) !== undefined;
  }

  encrypt(key: SavedObjectKey, attributes: Attributes): Record<string, unknown> {
    const registration = this.#types.find(key.type);
    return this.#replace(key, attributes, (value, place) =>
      this.#cipher.seal(value, place, registration?.attributesToIncludeInAAD ?? []),
    );
  }

  decrypt(key: SavedObjectKey, attributes: Attributes): Record<string, unknown> {
    const decrypted = this.#replace(key, attributes, (stored, place) =>
      this.#orUndecryptable(place, () => this.#cipher.open(stored, place)),
    );
    this.#watcher?.decrypted(key);
    return decrypted;
  }

  strip(type: string, attributes: Attributes): Record<string, unknown> {
    const stripped = { ...attributes };
    for (const name of this.#types.find(type)?.attributesToEncrypt ?? []) delete stripped[name];
    return stripped;
  }

  /**
   * Stored attributes with every ciphertext moved to the primary key, all else untouched.
   * @throws SavedObjectError `undecryptable`, naming type, id and attribute
   */
  reencrypt(key: SavedObjectKey, attributes: Attributes): Record<string, unknown> {
    return this.#replace(key, attributes, (stored, place) =>
      this.#orUndecryptable(place, () => this.#cipher.reseal(stored, place)),
    );
  }

  /** See {@link EncryptionExtension}. Only an envelope that opens at its own place is ciphertext; whatever else looks like one is left alone. */
  rebindUnknown(
    key: SavedObjectKey,
    before: Attributes,
    after: Attributes,
  ): Record<string, unknown> {
    const known = new Set(this.#types.find(key.type)?.attributesToEncrypt);
    const result = { ...after };
    for (const [attribute, value] of Object.entries(after)) {
      const isCarried = value === before[attribute] && keyIdOf(value) !== undefined;
      if (known.has(attribute) || !isCarried) continue;
      const rebound = this.#cipher.rebind(
        value,
        { key, attribute, attributes: before },
        { key, attribute, attributes: after },
      );
      if (rebound !== undefined) result[attribute] = rebound;
    }
    return result;
  }

  /** Ids of the keys a stored object is encrypted with; `undefined` stands for a value that is no envelope. */
  keyIds(type: string, attributes: Attributes): ReadonlySet<string | undefined> {
    const names = this.#types.find(type)?.attributesToEncrypt ?? [];
    const present = names.filter((name) => attributes[name] !== undefined);
    return new Set(present.map((name) => keyIdOf(attributes[name])));
  }

  #replace(
    key: SavedObjectKey,
    attributes: Attributes,
    change: (value: unknown, place: AttributePlace) => unknown,
  ): Record<string, unknown> {
    const result = { ...attributes };
    for (const attribute of this.#types.find(key.type)?.attributesToEncrypt ?? []) {
      const value = attributes[attribute];
      if (value === undefined) delete result[attribute];
      else result[attribute] = change(value, { key, attribute, attributes });
    }
    return result;
  }

  #orUndecryptable<T>({ key, attribute, attributes }: AttributePlace, open: () => T): T {
    try {
      return open();
    } catch (error) {
      this.#watcher?.undecryptable(key);
      // One sentence for every reason: which check failed would help whoever tampers. The cause is for debugging.
      throw new SavedObjectError(
        'undecryptable',
        `Attribute [${attribute}] of [${key.type}:${key.id}] cannot be decrypted`,
        { type: key.type, id: key.id, attribute, ...neededKey(error, attributes[attribute]) },
        { cause: error },
      );
    }
  }
}

/** An object under a key that is not configured here is not damaged; whoever would remove it must be able to tell. */
function neededKey(error: unknown, stored: unknown): { readonly keyId?: string } {
  const keyId = keyIdOf(stored);
  const isOther = error instanceof EnvelopeError && error.code === 'unknown_key';
  return isOther && keyId !== undefined ? { keyId } : {};
}
