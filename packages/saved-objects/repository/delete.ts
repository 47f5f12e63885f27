import type { StoredDocument } from '../store/document_store.ts';
import { waitsForSearch } from '../types/saved_objects_type.ts';
import { isStoreConflict, toSavedObjectError } from './error_mapping.ts';
import type { RepositoryContext } from './repository_context.ts';
import { isVisible, notFound, resolveExisting, type Target } from './resolve_target.ts';

/** Maximum attempts to delete an object that other writers change at the same time. */
const MAX_ATTEMPTS = 10;

/** Options of `SavedObjectsRepository.delete`. */
export interface DeleteOptions {
  readonly namespace?: string | undefined;
  readonly version?: string;
  readonly visibleToSearch?: boolean;
}

/**
 * Deletes one object. The store checks the condition atomically with the delete.
 * @throws SavedObjectError `not_found`, or `conflict` when `version` is not the stored version
 */
export async function deleteObject(
  context: RepositoryContext,
  type: string,
  id: string,
  options: DeleteOptions = {},
): Promise<void> {
  const target = resolveExisting(context, { type, id, namespace: options.namespace });
  if (target === undefined) throw notFound({ type, id });
  if (target.model.type.namespaceType === 'multiple-isolated') {
    await deleteInNamespace(context, target, options);
    return;
  }
  const wasDeleted = await context.store.delete(target.key, type, storeOptions(target, options));
  if (!wasDeleted) throw notFound({ type, id });
}

/**
 * Deletes an object of a type whose keys do not contain the space. The object is read first to
 * check its space, and the delete requires the version that was read.
 */
async function deleteInNamespace(
  { store }: RepositoryContext,
  target: Target,
  options: DeleteOptions,
): Promise<void> {
  const type = target.model.type.name;
  for (let attempt = 1; ; attempt += 1) {
    const [document] = await store.getMany([target.key], type);
    if (document === undefined || !isVisible(target, document)) {
      throw notFound({ type, id: target.id });
    }
    const condition = { ...options, version: options.version ?? document.version };
    try {
      if (await store.delete(target.key, type, storeOptions(target, condition))) return;
    } catch (error) {
      if (!isStoreConflict(error)) throw error;
      const isLast = options.version !== undefined || attempt >= MAX_ATTEMPTS;
      if (isLast) throw toSavedObjectError(error, { type, id: target.id });
    }
  }
}

function storeOptions(
  { model }: Target,
  { version, visibleToSearch = waitsForSearch(model.type) }: DeleteOptions,
): {
  readonly ifVersion?: StoredDocument['version'];
  readonly visibleToSearch: boolean;
} {
  return { visibleToSearch, ...(version === undefined ? {} : { ifVersion: version }) };
}
