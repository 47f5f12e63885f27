import { filter } from '../filter/filter.ts';
import type { EncryptionExtension } from '../repository/encryption_extension.ts';
import { encryptedAttributes, withPlaintext } from '../repository/read_attributes.ts';
import { SavedObjectError } from '../repository/saved_object_error.ts';
import type { SavedObjectsLogger } from '../service/saved_objects_logger.ts';
import type { DocumentStore, StoredDocument } from '../store/document_store.ts';
import { StoreError } from '../store/store_error.ts';
import { savedObjectKey } from '../types/document_key.ts';
import type { TypeModel } from './type_model.ts';
import { upgradeAttributes } from './upgrade_attributes.ts';

const BATCH_SIZE = 200;
const PROGRESS_EVERY = 5_000;
/** Documents of a newer build that are tried at start. All of one version have one shape; the rest is checked when read. */
const MAX_NEWER_CHECKED = 1_000;

/** What a migration works with. */
export interface MigrationContext {
  readonly store: DocumentStore;
  readonly encryption: EncryptionExtension | undefined;
  readonly logger: SavedObjectsLogger;
  readonly signal: AbortSignal;
}

type Outcome = 'migrated' | 'conflict' | 'undecryptable';

/**
 * Brings the stored documents of a type to the newest model version. Each is written by compare-and-set, so it may be killed
 * and repeated at any point, run in several processes at once, and beside a server that is in use: whoever loses a race
 * meets a document that is up to date or will be migrated when it is read.
 * @throws StoreError `incompatible` when documents of a newer build cannot be read
 */
export async function migrateDocuments(context: MigrationContext, model: TypeModel): Promise<void> {
  await checkNewer(context, model);
  const counts = { migrated: 0, conflict: 0, undecryptable: 0 };
  const outdated = filter.before('modelVersion', model.newest);
  const request = { types: [model.type.name], filter: outdated, batchSize: BATCH_SIZE };
  for await (const documents of context.store.iterate(request)) {
    context.signal.throwIfAborted();
    const before = counts.migrated;
    for (const outcome of await migrateBatch(context, model, documents)) counts[outcome] += 1;
    if (Math.floor(before / PROGRESS_EVERY) < Math.floor(counts.migrated / PROGRESS_EVERY)) {
      report(context, model, counts.migrated, 'so far');
    }
  }
  if (counts.migrated > 0) report(context, model, counts.migrated, 'in all');
  if (counts.undecryptable > 0) {
    context.logger.warn(
      `${counts.undecryptable} [${model.type.name}] objects cannot be decrypted and stay in their old model version: check the encryption keys.`,
    );
  }
}

async function checkNewer({ store }: MigrationContext, model: TypeModel): Promise<void> {
  const newer = filter.after('modelVersion', model.newest);
  const request = { types: [model.type.name], filter: newer, limit: MAX_NEWER_CHECKED };
  const { documents } = await store.search(request);
  for (const document of documents) upgradeAttributes(model, document);
}

/** The writes of a batch are made at once, so that a store can put them on disk together. */
async function migrateBatch(
  context: MigrationContext,
  model: TypeModel,
  documents: readonly StoredDocument[],
): Promise<readonly Outcome[]> {
  return Promise.all(documents.map((document) => migrateOne(context, model, document)));
}

async function migrateOne(
  { store, encryption }: MigrationContext,
  model: TypeModel,
  document: StoredDocument,
): Promise<Outcome> {
  try {
    const { version, ...rest } = document;
    const attributes = migratedAttributes(encryption, model, document);
    const migrated = { ...rest, attributes, modelVersion: model.newest };
    await store.put(migrated, { condition: { ifVersion: version } });
    return 'migrated';
  } catch (error) {
    if (error instanceof StoreError && error.code === 'conflict') return 'conflict';
    const isDamaged = error instanceof SavedObjectError && error.code === 'undecryptable';
    if (isDamaged) return 'undecryptable';
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

function report(
  { logger }: MigrationContext,
  model: TypeModel,
  migrated: number,
  when: string,
): void {
  logger.info(
    `Migrated ${migrated} [${model.type.name}] objects to model version ${model.newest} ${when}.`,
  );
}
