import type { SavedObject } from '../types/saved_object.ts';
import { toSavedObject } from './read_attributes.ts';
import type { RepositoryContext } from './repository_context.ts';
import { isVisible, notFound, resolveExisting } from './resolve_target.ts';
import type { ReadOptions } from './types.ts';

/** Reads one object in real time. `undefined`: the namespace contains no such object. */
export async function getIfExists<A extends object>(
  context: RepositoryContext,
  type: string,
  id: string,
  options?: ReadOptions,
): Promise<SavedObject<A> | undefined> {
  const target = resolveExisting(context, { type, id, namespace: options?.namespace });
  if (target === undefined) return undefined;
  const [document] = await context.store.getMany([target.key], type);
  if (document === undefined || !isVisible(target, document)) return undefined;
  return toSavedObject<A>(context, target.model, document, options?.decrypt ?? false);
}

/**
 * Reads one object in real time.
 * @throws SavedObjectError `not_found`
 */
export async function get<A extends object>(
  context: RepositoryContext,
  type: string,
  id: string,
  options?: ReadOptions,
): Promise<SavedObject<A>> {
  const found = await getIfExists<A>(context, type, id, options);
  if (found !== undefined) return found;
  throw notFound({ type, id });
}
