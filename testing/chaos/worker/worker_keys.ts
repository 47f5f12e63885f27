import { type Clock, type Logger, systemRandomness } from '@latchkey/core/server';
import type { EncryptedTypeRegistration } from '@latchkey/encrypted-saved-objects-plugin/server';
import {
  AttributeCipher,
  AttributeEncryption,
  EncryptedTypes,
  KeyRotation,
  Keyring,
  ROTATION_TYPE,
} from '@latchkey/encrypted-saved-objects-plugin/server/testing';
import type { EncryptionExtension, SavedObjectsStart } from '@latchkey/saved-objects';
import type { KeySet, KeysLeft } from '../plan/protocol.ts';

/**
 * The real encryption with keys that change at run time. In production a process gets other keys by
 * a restart. Here they change while it works, which is the same for the store and harder for the
 * process.
 */
export class WorkerKeys implements EncryptionExtension {
  readonly #types = new EncryptedTypes();
  #keyring: Keyring;
  #encryption: AttributeEncryption;

  constructor(registrations: readonly EncryptedTypeRegistration[], keys: KeySet) {
    for (const registration of registrations) this.#types.register(registration);
    this.#keyring = keyringOf(keys);
    this.#encryption = this.#open();
  }

  /** Sets the keys. From now on everything is encrypted with the new primary key. */
  use(keys: KeySet): void {
    this.#keyring = keyringOf(keys);
    this.#encryption = this.#open();
  }

  /**
   * Rotates all stored objects to the primary key of this process, and counts the objects that
   * still need another key afterwards.
   */
  async rotate(
    start: SavedObjectsStart,
    at: { readonly clock: Clock; readonly logger: Logger },
  ): Promise<KeysLeft> {
    const rotation = new KeyRotation({
      savedObjects: start,
      repository: start.createRepository({ includedHiddenTypes: [ROTATION_TYPE] }),
      encryption: this.#encryption,
      types: this.#types,
      keyring: this.#keyring,
      randomness: systemRandomness,
      ...at,
    });
    const { failed } = await rotation.rotate({ batchSize: 1_000 });
    const { unreadable } = await rotation.usage();
    return { old: await rotation.countObjectsWithOldKeys(), unreadable, failed };
  }

  isEncryptedType: EncryptionExtension['isEncryptedType'] = (type) =>
    this.#encryption.isEncryptedType(type);
  encrypt: EncryptionExtension['encrypt'] = (key, attributes) =>
    this.#encryption.encrypt(key, attributes);
  decrypt: EncryptionExtension['decrypt'] = (key, attributes) =>
    this.#encryption.decrypt(key, attributes);
  strip: EncryptionExtension['strip'] = (type, attributes) =>
    this.#encryption.strip(type, attributes);

  #open(): AttributeEncryption {
    return new AttributeEncryption(
      this.#types,
      new AttributeCipher(this.#keyring, systemRandomness),
    );
  }
}

/**
 * Returns a keyring. Each key is derived from its number, so that it is obviously not a real key.
 */
function keyringOf({ primary, decryptionOnly }: KeySet): Keyring {
  const key = (number: number): string => `development-only-key-${number}-0123456789abcdef`;
  return new Keyring({ primary: key(primary), decryptionOnly: decryptionOnly.map(key) });
}
