import type { TypeModel } from '../model_versions/type_model.ts';
import type { StoredDocument } from '../store/document_store.ts';
import { DEFAULT_NAMESPACE, documentKey } from '../types/document_key.ts';
import type { SavedObjectKey } from '../types/saved_object.ts';
import type { RepositoryContext } from './repository_context.ts';
import { SavedObjectError } from './saved_object_error.ts';

const MAX_ID_LENGTH = 512;
const MAX_NAMESPACE_LENGTH = 64;
const CONTROL_CHARACTERS = /\p{Cc}/u;
/**
 * Characters of a namespace. With a colon, two different pairs of namespace and id could have the
 * same key. In a search, `*` means all spaces.
 */
const NAMESPACE = /^[^\p{Cc}:*]+$/u;

/** The object of one operation, with validated id and namespace. */
export interface Target {
  readonly model: TypeModel;
  readonly id: string;
  /** Namespace of the object. `undefined` for agnostic types. */
  readonly namespace: string | undefined;
  /** The key of the document in the store. */
  readonly key: string;
}

/**
 * Returns the model of an accessible type.
 * @throws SavedObjectError `unknown_type`, with the same message for a hidden and an unknown type
 */
export function resolveModel(context: RepositoryContext, type: string): TypeModel {
  const model = context.models.get(type);
  if (model !== undefined) return model;
  throw new SavedObjectError('unknown_type', `Saved object type [${type}] is not known here.`, {
    type,
  });
}

/**
 * Resolves the type, id and namespace of an object to create.
 * @throws SavedObjectError `unknown_type`, or `invalid_attributes` for an invalid id or namespace
 */
export function resolveTarget(
  context: RepositoryContext,
  { type, id, namespace }: SavedObjectKey,
): Target {
  const model = resolveModel(context, type);
  checkId(type, id);
  const isAgnostic = model.type.namespaceType === 'agnostic';
  const resolved = isAgnostic ? undefined : checkNamespace(type, namespace ?? DEFAULT_NAMESPACE);
  return { model, id, namespace: resolved, key: documentKey(model.type, id, resolved) };
}

/**
 * Resolves the type, id and namespace of an existing object. `undefined`: the id is invalid, so no
 * object has it.
 * @throws SavedObjectError `unknown_type`, or `invalid_attributes` for an invalid namespace
 */
export function resolveExisting(
  context: RepositoryContext,
  key: SavedObjectKey,
): Target | undefined {
  resolveModel(context, key.type);
  return idProblem(key.id) === undefined ? resolveTarget(context, key) : undefined;
}

/** Returns `true` if the stored document belongs to the namespace of the target. */
export function isVisible(target: Target, document: StoredDocument): boolean {
  return document.namespace === target.namespace;
}

/**
 * Returns the error for an object that does not exist or belongs to another space. Callers cannot
 * distinguish the two.
 */
export function notFound({ type, id }: Pick<SavedObjectKey, 'type' | 'id'>): SavedObjectError {
  return new SavedObjectError('not_found', `Saved object [${type}/${id}] was not found.`, {
    type,
    id,
  });
}

function checkId(type: string, id: string): void {
  const problem = idProblem(id);
  if (problem !== undefined) throw invalid(type, 'id', problem);
}

function idProblem(id: string): string | undefined {
  if (id.length === 0 || id.length > MAX_ID_LENGTH) {
    return `must have 1 to ${MAX_ID_LENGTH} characters`;
  }
  // Half a surrogate pair would be stored as a replacement character, so two ids could become
  // equal.
  return CONTROL_CHARACTERS.test(id) || !id.isWellFormed()
    ? 'must not contain control characters'
    : undefined;
}

function checkNamespace(type: string, namespace: string): string {
  const isValid =
    namespace.length <= MAX_NAMESPACE_LENGTH &&
    NAMESPACE.test(namespace) &&
    namespace.isWellFormed();
  if (!isValid) throw invalid(type, 'namespace', 'is not a space id');
  return namespace;
}

function invalid(type: string, attribute: string, reason: string): SavedObjectError {
  return new SavedObjectError(
    'invalid_attributes',
    `The ${attribute} of a saved object [${type}] ${reason}.`,
    { type, attribute },
  );
}
