import type { TypeModel } from '../migrations/type_model.ts';
import type { DocumentStore } from '../store/document_store.ts';
import type { EncryptionExtension } from './encryption_extension.ts';

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
}
