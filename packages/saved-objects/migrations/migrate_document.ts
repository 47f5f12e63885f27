import type { TypeModel } from '../model_versions/type_model.ts';
import { upgradeAttributes } from '../model_versions/upgrade_attributes.ts';
import type { EncryptionExtension } from '../repository/encryption_extension.ts';
import { encryptedAttributes, withPlaintext } from '../repository/read_attributes.ts';
import { isSavedObjectError } from '../repository/saved_object_error.ts';
import type { StoredDocument } from '../store/document_store.ts';
import { StoreError } from '../store/store_error.ts';
import { savedObjectKey } from '../types/document_key.ts';
import type { MigrationContext } from './migration_context.ts';

/**
 * The result for one document. `conflict`: another writer changed it after it was read.
 * `undecryptable`, `corrupt`: the document is damaged and was not changed, because a damaged
 * document is never overwritten.
 */
export type MigrationOutcome = 'migrated' | 'conflict' | 'undecryptable' | 'corrupt';

/**
 * Writes one outdated document in the newest model version, unless it changed since it was read.
 * @throws StoreError `unavailable`, and any other error that is no {@link MigrationOutcome}
 */
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
      // A migration is not an edit: callers that read the document earlier can still update it.
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
 * Returns the attributes to write. Ciphertext is bound to other attributes. If the migration
 * changed one of those, all ciphertext is encrypted again; otherwise it stays unchanged.
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
