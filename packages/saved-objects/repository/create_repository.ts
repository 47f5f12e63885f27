import { bulkGet } from './bulk_get.ts';
import { create } from './create.ts';
import { deleteObject } from './delete.ts';
import { deleteMatching } from './delete_matching.ts';
import { toSavedObjectError } from './error_mapping.ts';
import { find } from './find.ts';
import { get, getIfExists } from './get.ts';
import { iterate } from './iterate.ts';
import { mutate } from './mutate.ts';
import type { RepositoryContext } from './repository_context.ts';
import type { SavedObjectsRepository } from './types.ts';
import { update } from './update.ts';

/**
 * Creates a repository over the types of the context. Each operation has its own file with the name
 * of the operation.
 */
export function createRepository(context: RepositoryContext): SavedObjectsRepository {
  return {
    create: (type, attributes, options) =>
      named({ type, ...(options?.id === undefined ? {} : { id: options.id }) }, () =>
        create(context, type, attributes, options),
      ),
    get: (type, id, options) => named({ type, id }, () => get(context, type, id, options)),
    getIfExists: (type, id, options) =>
      named({ type, id }, () => getIfExists(context, type, id, options)),
    bulkGet: (keys, options) =>
      named({ type: [...new Set(keys.map(({ type }) => type))].join(',') }, () =>
        bulkGet(context, keys, options),
      ),
    update: (type, id, attributes, options) =>
      named({ type, id }, () => update(context, type, id, attributes, options)),
    mutate: (type, id, change, options) =>
      named({ type, id }, () => mutate(context, type, id, change, options)),
    delete: (type, id, options) =>
      named({ type, id }, () => deleteObject(context, type, id, options)),
    deleteMatching: (options) =>
      named({ type: options.type }, () => deleteMatching(context, options)),
    find: (options) => named({ type: String(options.type) }, () => find(context, options)),
    iterate: (options) => iterate(context, options),
  };
}

/** Turns a failure of the store into an error that names the object. */
async function named<T>(
  details: { readonly type: string; readonly id?: string },
  operation: () => Promise<T>,
): Promise<T> {
  try {
    return await operation();
  } catch (error) {
    throw toSavedObjectError(error, details);
  }
}
