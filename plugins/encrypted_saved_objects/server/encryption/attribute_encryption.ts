import {
  type EncryptionExtension,
  SavedObjectError,
  type SavedObjectKey,
} from '@latchkey/saved-objects';
import type { AttributeCipher, AttributePlace } from './attribute_cipher.ts';
import { DecryptedCache } from './decrypted_cache.ts';
import type { EncryptedTypes } from './encrypted_types.ts';
import { EnvelopeError, keyIdOf } from './envelope.ts';

type Attributes = Readonly<Record<string, unknown>>;

/** Called for each object that was decrypted or could not be decrypted, for status and metrics. */
export interface DecryptionListener {
  decrypted(key: SavedObjectKey): void;
  undecryptable(key: SavedObjectKey): void;
}

/**
 * Encrypts and decrypts the registered attributes of saved objects, and moves them to the primary
 * key.
 */
export class AttributeEncryption implements EncryptionExtension {
  readonly #types: EncryptedTypes;
  readonly #cipher: AttributeCipher;
  readonly #listener: DecryptionListener | undefined;
  readonly #cache = new DecryptedCache();

  constructor(types: EncryptedTypes, cipher: AttributeCipher, listener?: DecryptionListener) {
    this.#types = types;
    this.#cipher = cipher;
    this.#listener = listener;
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

  /**
   * Decrypts the attributes of an object. If `attributes` are frozen, the result is frozen, and
   * repeated calls return the same object for a while.
   */
  decrypt(key: SavedObjectKey, attributes: Attributes): Attributes {
    const cached = this.#cache.get(key, attributes);
    if (cached !== undefined) return cached;
    const decrypted = this.#replace(key, attributes, (stored, place) =>
      this.#orUndecryptable(place, () => this.#cipher.open(stored, place)),
    );
    this.#listener?.decrypted(key);
    this.#cache.add(key, attributes, decrypted);
    return decrypted;
  }

  strip(type: string, attributes: Attributes): Record<string, unknown> {
    const stripped = { ...attributes };
    for (const name of this.#types.find(type)?.attributesToEncrypt ?? []) delete stripped[name];
    return stripped;
  }

  /**
   * Returns the stored attributes with every ciphertext encrypted with the primary key, and no
   * other change.
   * @throws SavedObjectError `undecryptable`, naming type, id and attribute
   */
  reencrypt(key: SavedObjectKey, attributes: Attributes): Record<string, unknown> {
    return this.#replace(key, attributes, (stored, place) =>
      this.#orUndecryptable(place, () => this.#cipher.reseal(stored, place)),
    );
  }

  /**
   * Binds encrypted attributes that this build does not know to changed attributes; see {@link
   * EncryptionExtension}. Only envelopes that can be decrypted at their own place are changed.
   * Other values that look like an envelope are kept.
   */
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

  /**
   * Ids of the keys that encrypt a stored object. The set contains `undefined` if a value is not an
   * envelope.
   */
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
      this.#listener?.undecryptable(key);
      // The same message for every reason: naming the failed check would help an attacker. The
      // cause is for debugging.
      throw new SavedObjectError(
        'undecryptable',
        `Attribute [${attribute}] of [${key.type}:${key.id}] cannot be decrypted`,
        { type: key.type, id: key.id, attribute, ...missingKey(error, attributes[attribute]) },
        { cause: error },
      );
    }
  }
}

/**
 * Id of the missing key. Callers that remove damaged objects need it: an object whose key is not
 * configured here is not damaged.
 */
function missingKey(error: unknown, stored: unknown): { readonly keyId?: string } {
  const keyId = keyIdOf(stored);
  const isOther = error instanceof EnvelopeError && error.code === 'unknown_key';
  return isOther && keyId !== undefined ? { keyId } : {};
}
