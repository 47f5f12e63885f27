import { createTypeModel } from '../model_versions/type_model.ts';
import { createRepository } from '../repository/create_repository.ts';
import type { SavedObjectsRepository } from '../repository/types.ts';
import type { DocumentStore } from '../store/document_store.ts';
import type { SavedObjectsType } from '../types/saved_objects_type.ts';

/** Creates the repository of one process over one type. */
export function repositoryOn(
  store: DocumentStore,
  type: SavedObjectsType,
  now: () => number = Date.now,
): SavedObjectsRepository {
  return createRepository({
    store,
    models: new Map([[type.name, createTypeModel(type)]]),
    encryption: undefined,
    now,
    uuid: () => 'unused',
    migrateNow: async () => undefined,
    onSkippedDocument: () => undefined,
  });
}
