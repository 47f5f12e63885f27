import type { SavedObject } from '../types/saved_object.ts';
import { create } from './create.ts';
import { deleteObject } from './delete.ts';
import { toSavedObjectError } from './error_mapping.ts';
import { getIfExists } from './get.ts';
import type { RepositoryContext } from './repository_context.ts';
import { CONFLICT, retryConflicts } from './retry_conflicts.ts';
import { isConflict, SavedObjectError } from './saved_object_error.ts';
import type { AttributeChanges, Change, MutateOptions, MutateResult } from './types.ts';
import { update } from './update.ts';
import { withoutUndefined } from './validate_attributes.ts';

/** Attempts to write one object: far more than the processes of one installation need. */
const DEFAULT_ATTEMPTS = 20;

/** Reads, decides and writes one object. See `SavedObjectsRepository.mutate`. */
export async function mutate<A extends object>(
  context: RepositoryContext,
  type: string,
  id: string,
  change: (current: SavedObject<A> | undefined) => Change<A> | Promise<Change<A>>,
  options: MutateOptions = {},
): Promise<MutateResult<A>> {
  const { attempts = DEFAULT_ATTEMPTS, namespace, decrypt = false, visibleToSearch } = options;
  const writeOptions = {
    namespace,
    ...(visibleToSearch === undefined ? {} : { visibleToSearch }),
  };
  let lastConflict: unknown;

  const write = async (
    before: SavedObject<A> | undefined,
    changes: 'remove' | AttributeChanges<A>,
  ): Promise<MutateResult<A>> => {
    if (before === undefined) {
      if (changes === 'remove') return { outcome: 'skipped', before, after: before };
      // The schema of the type rejects required attributes that are missing or `undefined`.
      const attributes = withoutUndefined(changes as Readonly<Record<string, unknown>>) as A;
      const after = await create(context, type, attributes, { ...writeOptions, id });
      return { outcome: 'created', before, after };
    }
    const condition = { ...writeOptions, version: before.version };
    if (changes === 'remove') {
      await deleteObject(context, type, id, condition);
      return { outcome: 'removed', before, after: undefined };
    }
    const after = await update<A>(context, type, id, changes, condition);
    return { outcome: 'updated', before, after };
  };

  return retryConflicts(
    async () => {
      const before = await getIfExists<A>(context, type, id, { namespace, decrypt });
      const changes = await change(before);
      if (changes === 'skip') return { outcome: 'skipped', before, after: before };
      try {
        return await write(before, changes);
      } catch (failure) {
        const error = toSavedObjectError(failure, { type, id });
        if (!isConflict(error)) throw error;
        lastConflict = error;
        return CONFLICT;
      }
    },
    {
      attempts,
      contended: () => {
        throw new SavedObjectError(
          'contended',
          `Saved object [${type}/${id}] was changed by other writers on each of ${attempts} attempts.`,
          { type, id },
          { cause: lastConflict },
        );
      },
    },
  );
}
