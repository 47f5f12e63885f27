import { ZodNever, type ZodObject } from 'zod';
import { mappedSince, mappingsOf, OWN_FIELDS, versionNumbers } from '../types/mappings.ts';
import type {
  FieldMapping,
  ModelVersionChange,
  SavedObjectsType,
} from '../types/saved_objects_type.ts';

/** A type with everything that is derived from it once at start. */
export interface TypeModel {
  readonly type: SavedObjectsType;
  /** The newest model version this build knows. */
  readonly newest: number;
  readonly create: ZodObject;
  /** Schema that reads newer documents and drops attributes that this build does not know. */
  readonly forwardCompatibility: ZodObject;
  /** Attributes of the create schema. `undefined`: the schema accepts any attribute. */
  readonly knownAttributes: ReadonlySet<string> | undefined;
  /** Mapped attributes and the built-in fields `updatedAt` and `modelVersion`. */
  readonly mappings: Readonly<Record<string, FieldMapping>>;
  /** The model version that first mapped each attribute. */
  readonly mappedSince: Readonly<Record<string, number>>;
  /**
   * Attributes that a version removed and the newest one lacks. An older build may still write
   * them.
   */
  readonly removed: readonly string[];
  /** Changes between model versions. Index `i` leads from version `i` to `i + 1`. */
  readonly changes: readonly (readonly ModelVersionChange[])[];
}

/**
 * Derives the model of a type.
 * @throws Error for a type without model versions
 */
export function createTypeModel(type: SavedObjectsType): TypeModel {
  const newest = versionNumbers(type).at(-1) ?? 0;
  const current = type.modelVersions[newest];
  if (current === undefined) throw new Error(`Type [${type.name}] has no model version.`);
  const { create, forwardCompatibility } = current.schemas;
  const { catchall } = create.def;
  const isOpen = catchall !== undefined && !(catchall instanceof ZodNever);
  const changes = versionNumbers(type).map((version) => type.modelVersions[version]?.changes ?? []);
  return {
    type,
    newest,
    // A schema that drops unknown attributes silently would lose data of the caller.
    create: catchall === undefined ? create.strict() : create,
    forwardCompatibility: forwardCompatibility.strip(),
    knownAttributes: isOpen ? undefined : new Set(Object.keys(create.shape)),
    mappings: { ...mappingsOf(type), ...OWN_FIELDS },
    mappedSince: mappedSince(type),
    removed: removedAttributes(changes.flat()).filter((name) => !Object.hasOwn(create.shape, name)),
    changes,
  };
}

function removedAttributes(changes: readonly ModelVersionChange[]): readonly string[] {
  return changes.flatMap((change) =>
    change.type === 'data_removal' ? change.removedAttributes : [],
  );
}
