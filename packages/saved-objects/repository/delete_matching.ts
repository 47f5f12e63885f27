import { deleteObject } from './delete.ts';
import { toSavedObjectError } from './error_mapping.ts';
import { iterate } from './iterate.ts';
import type { RepositoryContext } from './repository_context.ts';
import { isConflict } from './saved_object_error.ts';
import type { DeleteMatchingOptions } from './types.ts';

/** Deletes the objects that match a filter. See `SavedObjectsRepository.deleteMatching`. */
export async function deleteMatching(
  context: RepositoryContext,
  { signal, ...matching }: DeleteMatchingOptions,
): Promise<number> {
  let deleted = 0;
  let failure: { readonly error: unknown } | undefined;
  for await (const batch of iterate(context, { ...matching, fields: [] })) {
    if (signal?.aborted) break;
    const outcomes = await Promise.allSettled(
      batch.map(({ type, id, namespace, version }) =>
        deleteObject(context, type, id, { namespace, version }),
      ),
    );
    for (const outcome of outcomes) {
      if (outcome.status === 'fulfilled') {
        deleted += 1;
        continue;
      }
      const error = toSavedObjectError(outcome.reason, { type: matching.type });
      // An object that was changed or deleted after it was found is not a failure.
      if (!isConflict(error)) failure ??= { error };
    }
  }
  if (failure !== undefined) throw failure.error;
  return deleted;
}
