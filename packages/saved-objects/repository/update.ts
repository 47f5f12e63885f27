import type { StoredDocument } from '../store/document_store.ts';
import type { SavedObject } from '../types/saved_object.ts';
import { waitsForSearch } from '../types/saved_objects_type.ts';
import { isStoreConflict, toSavedObjectError } from './error_mapping.ts';
import { mergeAttributes } from './merge_attributes.ts';
import type { RepositoryContext } from './repository_context.ts';
import { isVisible, notFound, resolveExisting, type Target } from './resolve_target.ts';
import { SavedObjectError } from './saved_object_error.ts';
import type { AttributeChanges, UpdateOptions } from './types.ts';

const MAX_REREADS = 3;

/**
 * Merges attributes into the stored object. If another writer changes the object meanwhile, the
 * update fails with `conflict` or merges again; no write is lost.
 */
export async function update<A extends object>(
  context: RepositoryContext,
  type: string,
  id: string,
  attributes: AttributeChanges<A>,
  options: UpdateOptions = {},
): Promise<SavedObject<A>> {
  const target = resolveExisting(context, { type, id, namespace: options.namespace });
  if (target === undefined) throw notFound({ type, id });
  for (let rereads = 0; ; rereads += 1) {
    try {
      return await updateOnce<A>(context, target, { ...attributes }, options);
    } catch (error) {
      // With a version in the options, the next read decides whether to continue: a migration keeps
      // the version, and an edit changes it.
      if (!isStoreConflict(error) || rereads >= MAX_REREADS) {
        throw toSavedObjectError(error, { type, id });
      }
    }
  }
}

async function updateOnce<A extends object>(
  context: RepositoryContext,
  target: Target,
  patch: Readonly<Record<string, unknown>>,
  options: UpdateOptions,
): Promise<SavedObject<A>> {
  const { model, id, namespace, key } = target;
  const type = model.type.name;
  const document = await readVisible(context, target);
  if (options.version !== undefined && options.version !== document.version) {
    throw new SavedObjectError(
      'conflict',
      `Saved object [${type}/${id}] was changed by another request since it was read.`,
      { type, id },
    );
  }
  const { now, store } = context;
  const merged = mergeAttributes(context.encryption, target, document, patch);
  const stored = await store.put(
    {
      key,
      type,
      namespace,
      attributes: attributesToStore(context, target, document, merged.toStore),
      references: options.references ?? document.references,
      // A document of a newer build keeps its model version, because it keeps unknown attributes.
      modelVersion: Math.max(document.modelVersion, model.newest),
      createdAt: document.createdAt,
      updatedAt: new Date(now()).toISOString(),
    },
    {
      condition: { ifVersion: document.version, ifModelVersion: document.modelVersion },
      visibleToSearch: options.visibleToSearch ?? waitsForSearch(model.type),
      replaces: document,
    },
  );
  return {
    type,
    id,
    namespace,
    // `mergeAttributes` validated the attributes with the schema of the type.
    attributes: merged.toReturn as A,
    references: stored.references,
    version: stored.version,
    createdAt: new Date(stored.createdAt),
    updatedAt: new Date(stored.updatedAt),
  };
}

function attributesToStore(
  { encryption }: RepositoryContext,
  { model, id, namespace }: Target,
  document: StoredDocument,
  plain: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const type = model.type.name;
  if (encryption === undefined || !encryption.isEncryptedType(type)) return plain;
  const key = { type, id, namespace };
  const encrypted = encryption.encrypt(key, plain);
  if (document.modelVersion <= model.newest) return encrypted;
  return encryption.rebindUnknown?.(key, document.attributes, encrypted) ?? encrypted;
}

async function readVisible({ store }: RepositoryContext, target: Target): Promise<StoredDocument> {
  const type = target.model.type.name;
  const [document] = await store.getMany([target.key], type);
  if (document === undefined || !isVisible(target, document)) {
    throw notFound({ type, id: target.id });
  }
  return document;
}
