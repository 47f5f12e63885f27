import type { FieldMapping, SavedObjectsType } from './saved_objects_type.ts';

/**
 * Built-in fields of every document: the instant of its last write and its stored model version.
 * Every type can be filtered and sorted by them without a mapping.
 */
export const OWN_FIELDS = {
  updatedAt: { type: 'date' },
  modelVersion: { type: 'long' },
} as const satisfies Readonly<Record<string, FieldMapping>>;

/**
 * Returns all mapped attributes of a type: those of model version 1 and of every
 * `mappings_addition`.
 */
export function mappingsOf(type: SavedObjectsType): Readonly<Record<string, FieldMapping>> {
  const mappings: Record<string, FieldMapping> = { ...type.mappings.properties };
  for (const version of versionNumbers(type)) {
    for (const change of type.modelVersions[version]?.changes ?? []) {
      if (change.type === 'mappings_addition') Object.assign(mappings, change.addedMappings);
    }
  }
  return mappings;
}

/**
 * Returns the model version that first mapped each attribute. {@link OWN_FIELDS} are not included.
 */
export function mappedSince(type: SavedObjectsType): Readonly<Record<string, number>> {
  const since: Record<string, number> = {};
  for (const version of versionNumbers(type).toReversed()) {
    for (const change of type.modelVersions[version]?.changes ?? []) {
      if (change.type !== 'mappings_addition') continue;
      for (const field of Object.keys(change.addedMappings)) since[field] = version;
    }
  }
  for (const field of Object.keys(type.mappings.properties)) since[field] = 1;
  return since;
}

/** Returns the model versions of a type in ascending order. */
export function versionNumbers(type: SavedObjectsType): readonly number[] {
  return Object.keys(type.modelVersions)
    .map(Number)
    .sort((a, b) => a - b);
}
