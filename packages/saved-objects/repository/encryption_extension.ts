import type { SavedObjectKey } from '../types/saved_object.ts';

/**
 * How encrypted attributes get in and out of documents. Implemented by the encrypted saved objects plugin; without one,
 * types have no encrypted attributes.
 */
export interface EncryptionExtension {
  /** Whether the type has encrypted attributes. */
  isEncryptedType(type: string): boolean;
  /**
   * Replaces plaintext of encrypted attributes by ciphertext bound to the object's key and to the attributes registered for AAD.
   * Attributes that are `undefined` stay away.
   */
  encrypt(
    key: SavedObjectKey,
    attributes: Readonly<Record<string, unknown>>,
  ): Record<string, unknown>;
  /** @throws SavedObjectError `undecryptable`, naming type, id and attribute */
  decrypt(
    key: SavedObjectKey,
    attributes: Readonly<Record<string, unknown>>,
  ): Record<string, unknown>;
  /** Attributes without the encrypted ones, for readers that do not need them. */
  strip(type: string, attributes: Readonly<Record<string, unknown>>): Record<string, unknown>;
  /**
   * For a document that a newer build wrote: ciphertext in attributes that only that build knows to be encrypted was bound to the attributes as
   * they were; it is bound to those that are about to be stored. Anything that is no ciphertext of this very object stays as it is.
   * Absent: the extension cannot do that, and such ciphertext is carried as it is.
   * @param before as stored now
   * @param after as about to be stored
   */
  rebindUnknown?(
    key: SavedObjectKey,
    before: Readonly<Record<string, unknown>>,
    after: Readonly<Record<string, unknown>>,
  ): Record<string, unknown>;
}
