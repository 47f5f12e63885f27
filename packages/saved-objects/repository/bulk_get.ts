import { setImmediate as nextTurn } from 'node:timers/promises';
import type { TypeModel } from '../model_versions/type_model.ts';
import type { StoredDocument } from '../store/document_store.ts';
import { savedObjectKey } from '../types/document_key.ts';
import type { SavedObject, SavedObjectKey } from '../types/saved_object.ts';
import { toSavedObject } from './read_attributes.ts';
import type { RepositoryContext } from './repository_context.ts';
import { isVisible, resolveExisting, type Target } from './resolve_target.ts';
import { SavedObjectError } from './saved_object_error.ts';
import { fieldSelection, withFields } from './select_fields.ts';
import type { BulkGetOptions } from './types.ts';

/** Objects that are decrypted per turn of the event loop, which takes a few milliseconds. */
const OBJECTS_PER_TURN = 200;

/**
 * Reads many objects in real time, with one store call per type. The event loop can run other work
 * in between, even when ten thousand objects are decrypted. The result has the order of `keys`;
 * `undefined`: the object does not exist.
 */
export async function bulkGet<A extends object>(
  context: RepositoryContext,
  keys: readonly SavedObjectKey[],
  options: BulkGetOptions = {},
): Promise<readonly (SavedObject<A> | undefined)[]> {
  const targets = keys.map((key) => resolveExisting(context, key));
  const possible = targets.filter((target) => target !== undefined);
  const documents = await readDocuments(context, possible, options);
  const objects: (SavedObject<A> | undefined)[] = [];
  for (const target of targets) {
    if (objects.length > 0 && objects.length % OBJECTS_PER_TURN === 0) await nextTurn();
    const document = target && documents.get(target.key);
    const exists = target !== undefined && document !== undefined && isVisible(target, document);
    objects.push(exists ? readOne<A>(context, target, document, options) : undefined);
  }
  return objects;
}

function readOne<A extends object>(
  context: RepositoryContext,
  target: Target,
  document: StoredDocument,
  { decrypt = false, onUnreadable, fields }: BulkGetOptions,
): SavedObject<A> | undefined {
  try {
    return withFields(toSavedObject<A>(context, target.model, document, decrypt), fields);
  } catch (error) {
    if (onUnreadable === undefined || !(error instanceof SavedObjectError)) throw error;
    onUnreadable(savedObjectKey(target.model.type, document), error);
    return undefined;
  }
}

async function readDocuments(
  context: RepositoryContext,
  targets: readonly Target[],
  options: BulkGetOptions,
): Promise<ReadonlyMap<string, StoredDocument>> {
  const keysByModel = new Map<TypeModel, Set<string>>();
  for (const { model, key } of targets) {
    const keys = keysByModel.get(model) ?? new Set();
    keysByModel.set(model, keys.add(key));
  }
  const responses = await Promise.all(
    [...keysByModel].map(([model, keys]) => {
      const selection = fieldSelection(context, [model], options);
      return context.store.getMany([...keys], model.type.name, selection);
    }),
  );
  const found = responses.flat().filter((document) => document !== undefined);
  return new Map(found.map((document) => [document.key, document]));
}
