import type { SavedObjectKey } from './saved_object.ts';
import type { NamespaceType } from './saved_objects_type.ts';

/** The space an object belongs to when none is named. */
export const DEFAULT_NAMESPACE = 'default';

/** What {@link documentKey} needs of a type. */
export interface KeyedType {
  readonly name: string;
  readonly namespaceType: NamespaceType;
}

/** The key of a document in the store: `{type}:{id}`, for `single` types `{namespace}:{type}:{id}`. */
export function documentKey(type: KeyedType, id: string, namespace?: string): string {
  const key = `${type.name}:${id}`;
  return type.namespaceType === 'single' ? `${namespace ?? DEFAULT_NAMESPACE}:${key}` : key;
}

/** The saved object that a document of the store belongs to; the inverse of {@link documentKey}. */
export function savedObjectKey(
  type: KeyedType,
  document: { readonly key: string; readonly namespace: string | undefined },
): SavedObjectKey {
  // The namespace is taken from the document, so that an id with colons is cut at the right place.
  const prefix = documentKey(type, '', document.namespace);
  return {
    type: type.name,
    id: document.key.slice(prefix.length),
    namespace: document.namespace,
  };
}
