import type { TypeModel } from '../model_versions/type_model.ts';
import type { FieldSelection } from '../store/document_store.ts';
import type { SavedObject } from '../types/saved_object.ts';
import type { RepositoryContext } from './repository_context.ts';
import { SavedObjectError } from './saved_object_error.ts';

type Fields = readonly string[] | undefined;

/**
 * Returns the attributes that a store must return for the `fields` of a read. `undefined`: all of
 * them, because the caller wants all, or because ciphertext is bound to other attributes.
 * @param read.decrypt `true`: the read decrypts attributes
 * @throws SavedObjectError `invalid_attributes` that names an attribute that a type does not have
 */
export function fieldSelection(
  { encryption }: Pick<RepositoryContext, 'encryption'>,
  models: readonly TypeModel[],
  { fields, decrypt = false }: { readonly fields?: Fields; readonly decrypt?: boolean },
): FieldSelection | undefined {
  if (fields === undefined) return undefined;
  for (const { type, knownAttributes } of models) {
    const unknown = fields.find((name) => knownAttributes?.has(name) === false);
    if (unknown !== undefined) throw unknownAttribute(type.name, unknown);
  }
  if (decrypt && models.some(({ type }) => encryption?.isEncryptedType(type.name)))
    return undefined;
  return {
    names: [...new Set(fields)],
    modelVersions: Object.fromEntries(models.map(({ type, newest }) => [type.name, newest])),
  };
}

/**
 * Returns the object with only the attributes in `fields`. `fields` undefined: the object itself.
 */
export function withFields<A extends object>(
  object: SavedObject<A>,
  fields: readonly string[] | undefined,
): SavedObject<A> {
  if (fields === undefined) return object;
  const kept = Object.entries(object.attributes).filter(([name]) => fields.includes(name));
  // The cast is safe: the caller chose the type of the object, which has these attributes.
  return { ...object, attributes: Object.fromEntries(kept) as A };
}

function unknownAttribute(type: string, attribute: string): SavedObjectError {
  return new SavedObjectError(
    'invalid_attributes',
    `Type [${type}] has no attribute [${attribute}].`,
    { type, attribute },
  );
}
