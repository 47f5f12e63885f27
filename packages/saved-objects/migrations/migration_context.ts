import type { EncryptionExtension } from '../repository/encryption_extension.ts';
import type { SavedObjectsLogger } from '../service/saved_objects_logger.ts';
import type { DocumentStore } from '../store/document_store.ts';

/** What a migration works with. */
export interface MigrationContext {
  readonly store: DocumentStore;
  readonly encryption: EncryptionExtension | undefined;
  readonly logger: SavedObjectsLogger;
  /** Aborted: the migration ends after the batch it is at, and throws the signal's reason. */
  readonly signal: AbortSignal;
}
