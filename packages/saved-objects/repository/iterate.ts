import type { TypeModel } from '../model_versions/type_model.ts';
import type { StoredDocument } from '../store/document_store.ts';
import { savedObjectKey } from '../types/document_key.ts';
import type { SavedObject } from '../types/saved_object.ts';
import { toSavedObjectError } from './error_mapping.ts';
import { checkMapped, migrateBeforeSearch, searchedNamespaces } from './find.ts';
import { toSavedObject } from './read_attributes.ts';
import type { RepositoryContext } from './repository_context.ts';
import { resolveModel } from './resolve_target.ts';
import { isSavedObjectError } from './saved_object_error.ts';
import { fieldSelection, withFields } from './select_fields.ts';
import type { IterateOptions } from './types.ts';

const DEFAULT_BATCH_SIZE = 100;

/**
 * Yields the matching objects of a type in batches. Batches are never empty. Objects of a newer
 * model version and objects that cannot be decrypted are left out.
 * @throws SavedObjectError `invalid_attributes` for a filter by an attribute that is not mapped;
 *   `store_unavailable` when the store cannot be read
 */
export async function* iterate<A extends object>(
  context: RepositoryContext,
  options: IterateOptions,
): AsyncGenerator<readonly SavedObject<A>[]> {
  const { type, filter, batchSize = DEFAULT_BATCH_SIZE } = options;
  const model = resolveModel(context, type);
  checkMapped([model], options);
  const selection = fieldSelection(context, [model], options);
  const namespaces = searchedNamespaces(options.namespaces);
  const request = {
    types: [type],
    batchSize,
    ...(filter === undefined ? {} : { filter }),
    ...(namespaces === undefined ? {} : { namespaces }),
    ...(selection === undefined ? {} : { fields: selection }),
  };
  try {
    await migrateBeforeSearch(context, [model], options);
    for await (const documents of context.store.iterate(request)) {
      const batch = documents.flatMap((document) => {
        const object = readOne<A>(context, model, document, options);
        return object === undefined ? [] : [object];
      });
      if (batch.length > 0) yield batch;
    }
  } catch (error) {
    throw toSavedObjectError(error, { type });
  }
}

function readOne<A extends object>(
  context: RepositoryContext,
  model: TypeModel,
  document: StoredDocument,
  { decrypt = false, onUndecryptable, fields }: IterateOptions,
): SavedObject<A> | undefined {
  try {
    return withFields(toSavedObject<A>(context, model, document, decrypt), fields);
  } catch (error) {
    if (!isSavedObjectError(error, 'newer_version', 'undecryptable')) throw error;
    if (error.code === 'newer_version') context.onSkippedDocument(error);
    // Without a handler, the object is skipped: one damaged object must not fail the iteration.
    onUndecryptable?.(savedObjectKey(model.type, document), error);
    return undefined;
  }
}
