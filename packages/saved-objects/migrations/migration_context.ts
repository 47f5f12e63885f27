import type { EncryptionExtension } from '../repository/encryption_extension.ts';
import type { DocumentStore } from '../store/document_store.ts';
import type { SavedObjectsLogger } from '../types/saved_objects_logger.ts';

/** Dependencies of a migration. */
export interface MigrationContext {
  readonly store: DocumentStore;
  /** `undefined`: no plugin has registered the encryption. */
  readonly encryption: EncryptionExtension | undefined;
  readonly logger: SavedObjectsLogger;
  /** Signal that stops the migration: it finishes its current batch and throws the reason. */
  readonly signal: AbortSignal;
}
