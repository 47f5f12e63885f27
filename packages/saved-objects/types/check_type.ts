import { type ZodObject, z } from 'zod';
import { OWN_FIELDS, versionNumbers } from './mappings.ts';
import type { FieldMapping, SavedObjectsType } from './saved_objects_type.ts';

// Characters of a type name. Names become names of tables, indices and JSON paths, so no character
// may need escaping.
const TYPE_NAME = /^[a-z][a-z0-9_-]{0,62}$/;
const FIELD_NAME = /^[A-Za-z_][A-Za-z0-9_-]{0,62}(\.[A-Za-z_][A-Za-z0-9_-]{0,62}){0,3}$/;
const FIELD_TYPES: readonly string[] = ['keyword', 'text', 'date', 'long', 'boolean'];

/**
 * Rejects a type that cannot be stored or migrated. A wrong registration is a bug in a plugin, so
 * it fails at start and not at the first request.
 * @throws Error that names the type and the reason
 */
export function checkType(type: SavedObjectsType): void {
  if (!TYPE_NAME.test(type.name)) {
    throw new Error(
      `Saved object type name [${type.name}] is not allowed: use up to 63 lower-case letters, digits, "_" and "-", beginning with a letter.`,
    );
  }
  checkVersionChain(type);
  checkMappings(type);
  checkLarge(type);
  for (const version of versionNumbers(type)) checkVersion(type, version);
}

function checkVersionChain(type: SavedObjectsType): void {
  const versions = versionNumbers(type);
  if (versions.length === 0) throw refuse(type, 'it has no model version');
  versions.forEach((version, position) => {
    if (version !== position + 1) {
      throw refuse(
        type,
        `its model versions are [${versions.join(', ')}], expected 1, 2, 3 … without gaps`,
      );
    }
  });
}

function checkMappings(type: SavedObjectsType): void {
  const seen = new Map<string, string>();
  const additions = versionNumbers(type).flatMap((version) =>
    (type.modelVersions[version]?.changes ?? []).flatMap((change) =>
      change.type === 'mappings_addition' ? [change.addedMappings] : [],
    ),
  );
  for (const properties of [type.mappings.properties, ...additions]) {
    for (const [field, mapping] of Object.entries(properties)) {
      checkField(type, field, mapping);
      const earlier = seen.get(field);
      if (earlier !== undefined && earlier !== mapping.type) {
        throw refuse(type, `mapping [${field}] changes from ${earlier} to ${mapping.type}`);
      }
      seen.set(field, mapping.type);
    }
  }
}

function checkLarge(type: SavedObjectsType): void {
  const { create } = type.modelVersions[versionNumbers(type).at(-1) ?? 1]?.schemas ?? {};
  for (const name of type.largeAttributes ?? []) {
    const isKnown = create !== undefined && Object.hasOwn(create.shape, name);
    if (!isKnown) throw refuse(type, `its large attribute [${name}] is not in its newest schema`);
  }
}

function checkField(type: SavedObjectsType, field: string, mapping: FieldMapping): void {
  if (!FIELD_NAME.test(field)) throw refuse(type, `mapping [${field}] is not a field name`);
  if (Object.hasOwn(OWN_FIELDS, field)) {
    throw refuse(
      type,
      `mapping [${field}] has the name of a field that every saved object already has`,
    );
  }
  if (!FIELD_TYPES.includes(mapping.type)) {
    throw refuse(type, `mapping [${field}] has no known field type`);
  }
}

function checkVersion(type: SavedObjectsType, version: number): void {
  const { changes, schemas } = type.modelVersions[version] ?? {};
  if (schemas?.create === undefined || schemas.forwardCompatibility === undefined) {
    throw refuse(type, `model version ${version} lacks a create or forwardCompatibility schema`);
  }
  for (const change of changes ?? []) {
    if (version === 1 && change.type !== 'mappings_addition') {
      throw refuse(
        type,
        `model version 1 cannot have a ${change.type}: there are no older documents`,
      );
    }
    if (change.type === 'data_backfill') checkBackfill(type, version, change.backfill);
    if (change.type === 'unsafe_transform' && typeof change.transform !== 'function') {
      throw refuse(type, `model version ${version} has an unsafe_transform without a function`);
    }
    if (change.type === 'data_removal') checkRemoval(type, version, change.removedAttributes);
  }
  checkNewRequired(type, version);
}

function checkBackfill(type: SavedObjectsType, version: number, backfill: unknown): void {
  if (typeof backfill !== 'function') {
    throw refuse(type, `model version ${version} has a data_backfill without a function`);
  }
}

function checkRemoval(type: SavedObjectsType, version: number, removed: readonly string[]): void {
  const kept = type.modelVersions[version]?.schemas.create.shape ?? {};
  const contradiction = removed.find((attribute) => Object.hasOwn(kept, attribute));
  if (contradiction !== undefined) {
    throw refuse(type, `model version ${version} removes [${contradiction}] but its schema has it`);
  }
  // During a rolling upgrade, the previous build reads documents that lack the attribute.
  const previous = type.modelVersions[version - 1]?.schemas;
  const required = removed.find(
    (name) =>
      isRequired(previous?.create, name) || isRequired(previous?.forwardCompatibility, name),
  );
  if (required !== undefined) {
    throw refuse(
      type,
      `model version ${version} removes [${required}], which version ${version - 1} requires: make it optional in one version and remove it in a later one`,
    );
  }
}

/**
 * Refuses a new required attribute without a backfill. Older documents lack the attribute unless a
 * change of the same version fills it in.
 */
function checkNewRequired(type: SavedObjectsType, version: number): void {
  const current = type.modelVersions[version];
  const previous = type.modelVersions[version - 1];
  if (current === undefined || previous === undefined) return;
  const isFilled = current.changes.some(
    (change) => change.type === 'data_backfill' || change.type === 'unsafe_transform',
  );
  if (isFilled) return;
  const { create } = current.schemas;
  const required = Object.keys(create.shape).find(
    (name) => isRequired(create, name) && !isRequired(previous.schemas.create, name),
  );
  if (required !== undefined) {
    throw refuse(
      type,
      `model version ${version} requires [${required}] and has no data_backfill that fills it in`,
    );
  }
}

function isRequired(schema: ZodObject | undefined, name: string): boolean {
  const field = Object.hasOwn(schema?.shape ?? {}, name) ? schema?.shape[name] : undefined;
  return field !== undefined && !z.safeParse(field, undefined).success;
}

function refuse(type: SavedObjectsType, reason: string): Error {
  return new Error(`Saved object type [${type.name}] cannot be registered: ${reason}.`);
}
