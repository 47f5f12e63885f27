import type { TypeModel } from '../migrations/type_model.ts';
import type { DocumentStore } from '../store/document_store.ts';
import type { EncryptionExtension } from './encryption_extension.ts';
import type { SavedObjectError } from './saved_object_error.ts';

/** What every repository operation works with. */
export interface RepositoryContext {
  readonly store: DocumentStore;
  /** The types this repository reaches, by name. Hidden ones are absent unless they were named. */
  readonly models: ReadonlyMap<string, TypeModel>;
  /** `undefined`: no type has encrypted attributes. */
  readonly encryption: EncryptionExtension | undefined;
  /** Wall clock, milliseconds since the epoch. */
  readonly now: () => number;
  readonly uuid: () => string;
  /** Brings documents of older builds up to date, before a search by what they cannot have yet. Cheap when there are none. */
  readonly bringUpToDate: (model: TypeModel) => Promise<void>;
  /** Hears of each document that a search left out because this build cannot read it. */
  readonly onSkippedDocument: (error: SavedObjectError) => void;
}
