import type { SavedObjectKey } from '../types/saved_object.ts';

/**
 * Encrypts and decrypts attributes of documents. The encrypted saved objects plugin implements it.
 * Without an extension, types have no encrypted attributes.
 */
export interface EncryptionExtension {
  /** Returns `true` if the type has encrypted attributes. */
  isEncryptedType(type: string): boolean;
  /**
   * Replaces the plaintext of encrypted attributes by ciphertext. The ciphertext is bound to the
   * key of the object and to the attributes that the type registered as additional authenticated
   * data.
   * Attributes that are `undefined` are left out.
   */
  encrypt(
    key: SavedObjectKey,
    attributes: Readonly<Record<string, unknown>>,
  ): Record<string, unknown>;
  /**
   * Replaces ciphertext by plaintext. May return the same frozen object again for the same frozen
   * attributes.
   * @throws SavedObjectError `undecryptable` that names type, id and attribute
   */
  decrypt(
    key: SavedObjectKey,
    attributes: Readonly<Record<string, unknown>>,
  ): Readonly<Record<string, unknown>>;
  /** Returns the attributes without the encrypted ones, for readers that do not need them. */
  strip(type: string, attributes: Readonly<Record<string, unknown>>): Record<string, unknown>;
  /**
   * Rebinds ciphertext that this build carries through an update of a document of a newer build. It
   * is in attributes that only the newer build registered as encrypted, and it is bound to
   * attributes that the update changes. Values that are not ciphertext of this object stay
   * unchanged.
   * Absent: the extension cannot rebind, and such ciphertext is stored unchanged.
   * @param before the attributes that are stored now
   * @param after the attributes to store
   */
  rebindUnknown?(
    key: SavedObjectKey,
    before: Readonly<Record<string, unknown>>,
    after: Readonly<Record<string, unknown>>,
  ): Record<string, unknown>;
}
