import type { TypeModel } from '../migrations/type_model.ts';
import type { StoredDocument } from '../store/document_store.ts';
import { DEFAULT_NAMESPACE, documentKey } from '../types/document_key.ts';
import type { SavedObjectKey } from '../types/saved_object.ts';
import type { RepositoryContext } from './repository_context.ts';
import { SavedObjectError } from './saved_object_error.ts';

const MAX_ID_LENGTH = 512;
const MAX_NAMESPACE_LENGTH = 64;
const CONTROL_CHARACTERS = /\p{Cc}/u;
/** A colon would let two different pairs of namespace and id share one key; `*` means all spaces in a search. */
const NAMESPACE = /^[^\p{Cc}:*]+$/u;

/** One object an operation is about, with its checked names. */
export interface Target {
  readonly model: TypeModel;
  readonly id: string;
  /** `undefined` for agnostic types. */
  readonly namespace: string | undefined;
  /** In the store. */
  readonly key: string;
}

/** @throws SavedObjectError `unknown_type`, in the same words whether the type is hidden or does not exist */
export function resolveModel(context: RepositoryContext, type: string): TypeModel {
  const model = context.models.get(type);
  if (model !== undefined) return model;
  throw new SavedObjectError('unknown_type', `Saved object type [${type}] is not known here.`, {
    type,
  });
}

/**
 * The target of a create.
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
 * The target of any other operation. `undefined`: no object can have that id.
 * @throws SavedObjectError `unknown_type`, or `invalid_attributes` for an invalid namespace
 */
export function resolveExisting(
  context: RepositoryContext,
  key: SavedObjectKey,
): Target | undefined {
  resolveModel(context, key.type);
  return idProblem(key.id) === undefined ? resolveTarget(context, key) : undefined;
}

/** Whether the stored document is one that the target's namespace may see. */
export function isVisible(target: Target, document: StoredDocument): boolean {
  return document.namespace === target.namespace;
}

/** The same words for an object that does not exist and one of another space. */
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
  // Half a surrogate pair would be stored as another character, and so meet another object.
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
