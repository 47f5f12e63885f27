import { deleteObject } from './delete.ts';
import { iterate } from './iterate.ts';
import type { RepositoryContext } from './repository_context.ts';
import { isConflict, SavedObjectError } from './saved_object_error.ts';
import type { DeleteMatchingOptions } from './types.ts';

/** Deletes the objects that match a filter. See `SavedObjectsRepository.deleteMatching`. */
export async function deleteMatching(
  context: RepositoryContext,
  { signal, ...matching }: DeleteMatchingOptions,
): Promise<number> {
  let deleted = 0;
  const failures: unknown[] = [];
  for await (const batch of iterate(context, { ...matching, fields: [] })) {
    if (signal?.aborted) break;
    const outcomes = await Promise.allSettled(
      batch.map(({ type, id, namespace, version }) =>
        deleteObject(context, type, id, { namespace, version }),
      ),
    );
    for (const outcome of outcomes) {
      if (outcome.status === 'fulfilled') deleted += 1;
      else if (!isChangedOrGone(outcome.reason)) failures.push(outcome.reason);
    }
  }
  if (failures.length > 0) throw failures[0];
  return deleted;
}

/** Tells if an object was changed or deleted after it was found. */
function isChangedOrGone(error: unknown): boolean {
  return isConflict(error) || (error instanceof SavedObjectError && error.code === 'not_found');
}
