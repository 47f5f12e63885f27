import type { DocumentToStore, PutCondition, StoredDocument } from '../store/document_store.ts';
import type { SavedObject } from '../types/saved_object.ts';
import { waitsForSearch } from '../types/saved_objects_type.ts';
import { isStoreConflict, toSavedObjectError } from './error_mapping.ts';
import type { RepositoryContext } from './repository_context.ts';
import { isVisible, resolveTarget, type Target } from './resolve_target.ts';
import { SavedObjectError } from './saved_object_error.ts';
import type { CreateOptions } from './types.ts';
import { validateAttributes } from './validate_attributes.ts';

/** Maximum attempts to overwrite an object that other writers change at the same time. */
const MAX_OVERWRITE_ATTEMPTS = 10;

/**
 * Validates, encrypts and stores a new object.
 * @throws SavedObjectError `conflict` when the id exists, unless `overwrite`; `invalid_attributes`;
 * `store_unavailable`
 */
export async function create<A extends object>(
  context: RepositoryContext,
  type: string,
  attributes: A,
  options: CreateOptions = {},
): Promise<SavedObject<A>> {
  const id = options.id ?? context.uuid();
  const target = resolveTarget(context, { type, id, namespace: options.namespace });
  const plain = validateAttributes(
    target.model,
    Object.fromEntries(Object.entries(attributes)),
    id,
  );
  const document = toDocument(context, target, plain, options);
  const stored = options.overwrite
    ? await overwrite(context, target, document, options)
    : await putNew(context, target, document, options);
  return {
    type,
    id,
    namespace: target.namespace,
    // `validateAttributes` checked the attributes with the schema of the type.
    attributes: plain as A,
    references: stored.references,
    version: stored.version,
    createdAt: new Date(stored.createdAt),
    updatedAt: new Date(stored.updatedAt),
  };
}

function toDocument(
  { encryption, now }: RepositoryContext,
  { model, id, namespace, key }: Target,
  plain: Readonly<Record<string, unknown>>,
  options: CreateOptions,
): DocumentToStore {
  const type = model.type.name;
  const isEncrypted = encryption?.isEncryptedType(type) ?? false;
  const writtenAt = new Date(now()).toISOString();
  return {
    key,
    type,
    namespace,
    attributes:
      isEncrypted && encryption ? encryption.encrypt({ type, id, namespace }, plain) : plain,
    references: options.references ?? [],
    modelVersion: model.newest,
    createdAt: writtenAt,
    updatedAt: writtenAt,
  };
}

async function putNew(
  { store }: RepositoryContext,
  target: Target,
  document: DocumentToStore,
  { visibleToSearch = waitsForSearch(target.model.type) }: CreateOptions,
): Promise<StoredDocument> {
  try {
    return await store.put(document, { condition: { ifAbsent: true }, visibleToSearch });
  } catch (error) {
    if (isStoreConflict(error)) throw exists(target, error);
    throw toSavedObjectError(error, { type: document.type, id: target.id });
  }
}

async function overwrite(
  { store }: RepositoryContext,
  target: Target,
  document: DocumentToStore,
  { visibleToSearch = waitsForSearch(target.model.type) }: CreateOptions,
): Promise<StoredDocument> {
  // Only for this type, an id can belong to another space. Keys of other types contain the space,
  // or the type has no spaces.
  if (target.model.type.namespaceType !== 'multiple-isolated') {
    try {
      return await store.put(document, { visibleToSearch });
    } catch (error) {
      throw toSavedObjectError(error, { type: document.type, id: target.id });
    }
  }
  for (let attempt = 1; ; attempt += 1) {
    try {
      const [current] = await store.getMany([target.key], document.type);
      if (current !== undefined && !isVisible(target, current)) throw exists(target);
      const condition: PutCondition =
        current === undefined ? { ifAbsent: true } : { ifVersion: current.version };
      return await store.put(document, { condition, visibleToSearch });
    } catch (error) {
      if (!isStoreConflict(error)) {
        throw toSavedObjectError(error, { type: document.type, id: target.id });
      }
      if (attempt >= MAX_OVERWRITE_ATTEMPTS) throw exists(target, error);
    }
  }
}

function exists({ model, id }: Target, cause?: unknown): SavedObjectError {
  const type = model.type.name;
  return new SavedObjectError(
    'conflict',
    `Saved object [${type}/${id}] exists already.`,
    { type, id },
    cause === undefined ? undefined : { cause },
  );
}
