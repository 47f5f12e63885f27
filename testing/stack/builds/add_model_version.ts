import type { ModelVersionChange, SavedObjectsType } from '@latchkey/saved-objects';
import { type ZodRawShape, z } from 'zod';

/** Changes that a further model version makes to a type. */
export interface AddedVersion {
  readonly changes: readonly ModelVersionChange[];
  /** Schemas of the attributes that this version adds. */
  readonly adds: ZodRawShape;
  /** Attributes of the previous version that this version removes. */
  readonly removes?: readonly string[];
}

/**
 * Adds one model version to a type, in this process only. It must be called before the plugin
 * registers the type.
 */
export function addModelVersion(
  type: SavedObjectsType,
  { changes, adds, removes = [] }: AddedVersion,
): void {
  const newest = Math.max(...Object.keys(type.modelVersions).map(Number));
  const before = type.modelVersions[newest];
  if (before === undefined) throw new Error(`Type [${type.name}] has no model version.`);
  const next = (shape: ZodRawShape): ZodRawShape => {
    const kept = Object.entries(shape).filter(([name]) => !removes.includes(name));
    return { ...Object.fromEntries(kept), ...adds };
  };
  const { create, forwardCompatibility } = before.schemas;
  Object.assign(type.modelVersions, {
    [newest + 1]: {
      changes,
      schemas: {
        create: z.strictObject(next(create.shape)),
        forwardCompatibility: z.object(next(forwardCompatibility.shape)),
      },
    },
  });
}
