import type { SavedObjectKey } from './saved_object.ts';
import type { NamespaceType } from './saved_objects_type.ts';

/** The space of an object when the caller names none. */
export const DEFAULT_NAMESPACE = 'default';

/** The part of a type that {@link documentKey} needs. */
export interface KeyedType {
  readonly name: string;
  readonly namespaceType: NamespaceType;
}

/**
 * Returns the key of a document in the store: `{type}:{id}`, or `{namespace}:{type}:{id}` for
 * `single` types.
 */
export function documentKey(type: KeyedType, id: string, namespace?: string): string {
  const key = `${type.name}:${id}`;
  return type.namespaceType === 'single' ? `${namespace ?? DEFAULT_NAMESPACE}:${key}` : key;
}

/** Returns the type, id and namespace of a stored document. The inverse of {@link documentKey}. */
export function savedObjectKey(
  type: KeyedType,
  document: { readonly key: string; readonly namespace: string | undefined },
): SavedObjectKey {
  // Ids may contain colons, so the length of the prefix comes from the namespace of the document.
  const prefix = documentKey(type, '', document.namespace);
  return {
    type: type.name,
    id: document.key.slice(prefix.length),
    namespace: document.namespace,
  };
}
