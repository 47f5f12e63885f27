import type { EncryptionExtension } from '../repository/encryption_extension.ts';
import { encryptedAttributes, withPlaintext } from '../repository/read_attributes.ts';
import { isSavedObjectError } from '../repository/saved_object_error.ts';
import type { StoredDocument } from '../store/document_store.ts';
import { StoreError } from '../store/store_error.ts';
import { savedObjectKey } from '../types/document_key.ts';
import type { MigrationContext } from './migration_context.ts';
import type { TypeModel } from './type_model.ts';
import { upgradeAttributes } from './upgrade_attributes.ts';

/**
 * What became of one document. `conflict`: somebody else wrote it in the meantime. `undecryptable`, `corrupt`: it stays as it is,
 * because nothing that is damaged is ever written over.
 */
export type MigrationOutcome = 'migrated' | 'conflict' | 'undecryptable' | 'corrupt';

/** Writes one outdated document in its newest version, unless it has changed since it was read. */
export async function migrateDocument(
  { store, encryption }: Pick<MigrationContext, 'store' | 'encryption'>,
  model: TypeModel,
  document: StoredDocument,
  visibleToSearch: boolean,
): Promise<MigrationOutcome> {
  try {
    const { version, ...rest } = document;
    const attributes = migratedAttributes(encryption, model, document);
    const migrated = { ...rest, attributes, modelVersion: model.newest };
    await store.put(migrated, {
      condition: { ifVersion: version, ifModelVersion: document.modelVersion },
      // Whoever has read the document may still write onto it: a migration is nobody's edit.
      keepsVersion: true,
      visibleToSearch,
    });
    return 'migrated';
  } catch (error) {
    if (error instanceof StoreError && (error.code === 'conflict' || error.code === 'corrupt')) {
      return error.code;
    }
    if (isSavedObjectError(error, 'undecryptable')) return 'undecryptable';
    throw error;
  }
}

/**
 * Ciphertext is bound to other attributes. When the migration touched one of those, it is encrypted again; otherwise it is
 * carried along as it is.
 */
function migratedAttributes(
  encryption: EncryptionExtension | undefined,
  model: TypeModel,
  document: StoredDocument,
): Readonly<Record<string, unknown>> {
  const upgraded = upgradeAttributes(model, document);
  const encrypted = encryptedAttributes(encryption, model.type.name, document.attributes);
  if (encryption === undefined || encrypted.length === 0) return upgraded;
  const key = savedObjectKey(model.type, document);
  const decrypted = encryption.decrypt(key, document.attributes);
  try {
    encryption.decrypt(key, upgraded);
    return upgraded;
  } catch {
    const plain = withPlaintext(upgraded, document.attributes, decrypted, encrypted);
    return encryption.encrypt(key, plain);
  }
}
