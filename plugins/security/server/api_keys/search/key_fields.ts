import type { ApiKey } from '../store/api_key.ts';

type KeyValue = string | number | boolean;

const FIELDS: Readonly<Record<string, (key: ApiKey) => KeyValue | undefined>> = {
  id: ({ id }) => id,
  type: () => 'rest',
  name: ({ name }) => name,
  username: ({ username }) => username,
  realm: () => 'native',
  profile_uid: ({ profileUid }) => profileUid,
  creation: ({ createdAt }) => createdAt.getTime(),
  expiration: ({ expiresAt }) => expiresAt?.getTime(),
  invalidated: () => false,
  invalidation: () => undefined,
};

/** Reads the values of one field of a key. Empty: the key does not have the field. */
export type ReadValues = (key: ApiKey) => readonly KeyValue[];

/** Elasticsearch's names of the fields that a query can name, apart from `metadata.*`. */
export const FIELD_NAMES: readonly string[] = [...Object.keys(FIELDS), 'metadata'];

/** Returns `true` if the values of a field are dates, in milliseconds since 1970. */
export const isDateField = (field: string): boolean =>
  field === 'creation' || field === 'expiration' || field === 'invalidation';

/** Finds the reader of a field by its name. `undefined`: there is no such field. */
export function fieldOf(field: string): ReadValues | undefined {
  if (field === 'metadata') return ({ metadata }) => leavesOf(metadata);
  if (field.startsWith('metadata.')) {
    const path = field.slice('metadata.'.length);
    return ({ metadata }) => leavesAt(metadata, path);
  }
  const read = Object.hasOwn(FIELDS, field) ? FIELDS[field] : undefined;
  if (read === undefined) return undefined;
  return (key) => {
    const value = read(key);
    return value === undefined ? [] : [value];
  };
}

/**
 * Finds the values at a path. Names in metadata may contain dots, so each prefix of the path is
 * tried.
 */
function leavesAt(value: unknown, path: string): readonly KeyValue[] {
  if (Array.isArray(value)) return value.flatMap((item) => leavesAt(item, path));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => {
    if (name === path) return leavesOf(inner);
    return path.startsWith(`${name}.`) ? leavesAt(inner, path.slice(name.length + 1)) : [];
  });
}

function leavesOf(value: unknown): readonly KeyValue[] {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
    return [value];
  }
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(leavesOf) : [];
}
