export type { Filter, FilterValue, SortField } from './filter/filter.ts';
export { filter } from './filter/filter.ts';
export { matchesWords, searchWords } from './filter/words.ts';
export type { EncryptionExtension } from './repository/encryption_extension.ts';
export {
  CONFLICT,
  type RetryConflictsOptions,
  retryConflicts,
  unlessConflict,
} from './repository/retry_conflicts.ts';
export type { SavedObjectErrorCode } from './repository/saved_object_error.ts';
export {
  isConflict,
  isSavedObjectError,
  needsAnotherKey,
  SavedObjectError,
} from './repository/saved_object_error.ts';
export type {
  AttributeChanges,
  Change,
  CreateOptions,
  DeleteMatchingOptions,
  FindOptions,
  FindResult,
  IterateOptions,
  MutateOptions,
  MutateResult,
  ReadOptions,
  SavedObjectsRepository,
  SavedObjectsSetup,
  SavedObjectsStart,
  UpdateOptions,
} from './repository/types.ts';
export { withoutUndefined } from './repository/validate_attributes.ts';
export type {
  SavedObjectsService,
  SavedObjectsServiceOptions,
} from './service/saved_objects_service.ts';
export { createSavedObjectsService } from './service/saved_objects_service.ts';
export type {
  DocumentStore,
  DocumentToStore,
  IterateRequest,
  PutCondition,
  PutOptions,
  SearchRequest,
  SearchResult,
  StoredDocument,
} from './store/document_store.ts';
export type { StoreErrorCode } from './store/store_error.ts';
export { StoreError } from './store/store_error.ts';
export { deepFreeze } from './types/deep_freeze.ts';
export { DEFAULT_NAMESPACE, documentKey, savedObjectKey } from './types/document_key.ts';
export { oncePerFrozen } from './types/once_per_frozen.ts';
export type { SavedObject, SavedObjectKey, SavedObjectReference } from './types/saved_object.ts';
export type { SavedObjectsLogger } from './types/saved_objects_logger.ts';
export {
  type FieldMapping,
  type ModelVersion,
  type ModelVersionChange,
  type NamespaceType,
  plainSchemas,
  type SavedObjectsType,
} from './types/saved_objects_type.ts';
