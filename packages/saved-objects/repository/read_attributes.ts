import { knownPart } from '../model_versions/parse_known.ts';
import type { TypeModel } from '../model_versions/type_model.ts';
import { upgradeAttributes } from '../model_versions/upgrade_attributes.ts';
import type { StoredDocument } from '../store/document_store.ts';
import { StoreError } from '../store/store_error.ts';
import { savedObjectKey } from '../types/document_key.ts';
import type { SavedObject } from '../types/saved_object.ts';
import type { EncryptionExtension } from './encryption_extension.ts';
import { SavedObjectError } from './saved_object_error.ts';

type Attributes = Readonly<Record<string, unknown>>;

/** Dependencies of a read. */
export interface ReadContext {
  /** `undefined`: no plugin has registered the encryption. */
  readonly encryption: EncryptionExtension | undefined;
}

/**
 * Converted saved objects by the frozen attributes of their document. A store that keeps documents
 * in memory returns the same frozen document for each read while it is unchanged.
 */
const converted = new WeakMap<Attributes, SavedObject>();

/**
 * Converts a stored document to a saved object of the newest model version. Every token read runs
 * this, so a document of the newest version is neither parsed by a schema nor copied. While a
 * cached document is unchanged, the result is the same frozen object, so callers can cache values
 * that they derive from it by its identity.
 * @throws SavedObjectError `undecryptable`, `newer_version`
 */
export function toSavedObject<A extends object>(
  context: ReadContext,
  model: TypeModel,
  document: StoredDocument,
  decrypt: boolean,
): SavedObject<A> {
  const attributes = readAttributes(context, model, document, decrypt);
  const key = savedObjectKey(model.type, document);
  const known = converted.get(attributes);
  const isSame = known?.version === document.version && known.id === key.id;
  if (isSame) return known as SavedObject<A>;
  const object = {
    type: key.type,
    id: key.id,
    namespace: document.namespace,
    // The create schema validated these attributes, or a migration created them.
    attributes: attributes as A,
    references: document.references,
    version: document.version,
    createdAt: new Date(document.createdAt),
    updatedAt: new Date(document.updatedAt),
  };
  // Frozen attributes belong to one version of one cached document.
  if (Object.isFrozen(attributes)) converted.set(attributes, Object.freeze(object) as SavedObject);
  return object;
}

function readAttributes(
  { encryption }: ReadContext,
  model: TypeModel,
  document: StoredDocument,
  decrypt: boolean,
): Attributes {
  const { name } = model.type;
  const upgraded = upgradeReadable(model, document);
  if (encryption === undefined || !encryption.isEncryptedType(name)) return upgraded;
  if (!decrypt) return encryption.strip(name, upgraded);
  const decrypted = encryption.decrypt(savedObjectKey(model.type, document), document.attributes);
  if (upgraded === document.attributes) return decrypted;
  const encrypted = encryptedAttributes(encryption, name, document.attributes);
  return plaintextOf(model, document, { upgraded, decrypted, encrypted });
}

/** The attributes of a document in the forms that {@link plaintextOf} combines. */
export interface DecryptedDocument {
  /** Attributes in the newest model version of this build, with ciphertext. */
  readonly upgraded: Attributes;
  /** Attributes in the stored model version, with plaintext. */
  readonly decrypted: Attributes;
  /** Names of the encrypted attributes. */
  readonly encrypted: readonly string[];
}

/**
 * Returns the attributes in the newest model version of this build, with plaintext. Of a document
 * of a newer build, the result has only what this build knows, also inside encrypted attributes.
 */
export function plaintextOf(
  model: TypeModel,
  document: StoredDocument,
  { upgraded, decrypted, encrypted }: DecryptedDocument,
): Record<string, unknown> {
  const plain = withPlaintext(upgraded, document.attributes, decrypted, encrypted);
  if (document.modelVersion <= model.newest) return plain;
  for (const name of encrypted) {
    if (Object.hasOwn(plain, name)) plain[name] = knownPart(model, name, plain[name]);
  }
  return plain;
}

/**
 * Returns the attributes in the newest model version of this build, with ciphertext.
 * @throws SavedObjectError `newer_version`; StoreError `corrupt`
 */
export function upgradeReadable(model: TypeModel, document: StoredDocument): Attributes {
  try {
    return upgradeAttributes(model, document);
  } catch (error) {
    if (!(error instanceof StoreError) || error.code !== 'incompatible') throw error;
    const { type, id } = savedObjectKey(model.type, document);
    throw new SavedObjectError('newer_version', error.message, { type, id }, { cause: error });
  }
}

/** Returns the names of the encrypted attributes among the given stored attributes. */
export function encryptedAttributes(
  encryption: EncryptionExtension | undefined,
  type: string,
  attributes: Attributes,
): readonly string[] {
  if (encryption === undefined || !encryption.isEncryptedType(type)) return [];
  const clear = encryption.strip(type, attributes);
  return Object.keys(attributes).filter((name) => !Object.hasOwn(clear, name));
}

/**
 * Replaces ciphertext in migrated attributes by plaintext. Ciphertext is bound to other attributes,
 * so it can be decrypted only in the stored document, and migrations change ciphertext attributes
 * as strings. So decryption and migration both start from the stored document, and this function
 * combines their results.
 */
export function withPlaintext(
  upgraded: Attributes,
  stored: Attributes,
  decrypted: Attributes,
  encrypted: readonly string[],
): Record<string, unknown> {
  const result = { ...upgraded };
  for (const name of encrypted) {
    if (!Object.hasOwn(upgraded, name) || upgraded[name] !== stored[name]) continue;
    if (Object.hasOwn(decrypted, name)) result[name] = decrypted[name];
    else delete result[name];
  }
  return result;
}
