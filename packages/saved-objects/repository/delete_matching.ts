import { deleteObject } from './delete.ts';
import { iterate } from './iterate.ts';
import type { RepositoryContext } from './repository_context.ts';
import type { DeleteMatchingOptions } from './types.ts';

/** Deletes the objects of a filter. See `SavedObjectsRepository.deleteMatching`. */
export async function deleteMatching(
  context: RepositoryContext,
  { signal, ...matching }: DeleteMatchingOptions,
): Promise<number> {
  let deleted = 0;
  for await (const batch of iterate(context, { ...matching, fields: [] })) {
    if (signal?.aborted) break;
    const outcomes = await Promise.allSettled(
      batch.map(({ type, id, namespace, version }) =>
        deleteObject(context, type, id, { namespace, version }),
      ),
    );
    deleted += outcomes.filter(({ status }) => status === 'fulfilled').length;
  }
  return deleted;
}
