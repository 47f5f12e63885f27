import type { ModelVersionChange, SavedObjectsType } from '@latchkey/saved-objects';
import { type ZodRawShape, z } from 'zod';

/** What one more model version of a type does. */
export interface AddedVersion {
  readonly changes: readonly ModelVersionChange[];
  /** Attributes beyond those of the version before. */
  readonly adds: ZodRawShape;
  /** Names of attributes that the version before has and this one has not. */
  readonly removes?: readonly string[];
}

/** Gives a registered type one more model version, in this process alone. Must run before the plugin registers the type. */
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
