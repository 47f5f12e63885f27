import type { TypeModel } from '../model_versions/type_model.ts';
import type { DocumentStore } from '../store/document_store.ts';
import type { EncryptionExtension } from './encryption_extension.ts';
import type { SavedObjectError } from './saved_object_error.ts';

/** Dependencies of every repository operation. */
export interface RepositoryContext {
  readonly store: DocumentStore;
  /** Accessible types by name. Hidden types are absent unless the caller named them. */
  readonly models: ReadonlyMap<string, TypeModel>;
  /** Encryption of attributes. `undefined`: no type has encrypted attributes. */
  readonly encryption: EncryptionExtension | undefined;
  /** Wall clock, milliseconds since the epoch. */
  readonly now: () => number;
  readonly uuid: () => string;
  /** Migrates outdated documents of a type. The call is cheap when there are none. */
  readonly migrateNow: (model: TypeModel) => Promise<void>;
  /** Called for each document that a search skips because this build cannot read it. */
  readonly onSkippedDocument: (error: SavedObjectError) => void;
}
