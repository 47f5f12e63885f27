import type { SavedObjectsType } from '@latchkey/saved-objects';
import { z } from 'zod';

/** Name of the saved-object type of the latest rotation. */
export const ROTATION_TYPE = 'key_rotation';
/** Id of the only object of this type. */
export const ROTATION_ID = 'latest';

const count = z.number().int().nonnegative();

const attributes = {
  /** Random id of the rotation. It is replaced when the rotation is continued. */
  rotationId: z.string().min(1).max(64),
  /** Id of the key with which all objects are encrypted again. */
  primaryKeyId: z.string().min(1).max(64),
  /** Saved-object type that is rotated. Absent: all encrypted types. */
  onlyType: z.string().max(128).optional(),
  /**
   * `running` → `completed`, `interrupted` (the server stopped) or `failed` (the store failed).
   * `running` without heartbeats means that the server has crashed. Only the rotation with this
   * `rotationId` writes this object; a later rotation replaces it.
   */
  state: z.enum(['running', 'completed', 'interrupted', 'failed']),
  /** Number of passes over all objects, including the current one. */
  pass: count,
  /** Number of encrypted objects in the store at the start. */
  objects: count,
  /** Number of objects that the current pass has checked. */
  lookedAt: count,
  successful: count,
  failed: count,
  /** ISO instant. `beatAt` is only information; no decision depends on it. */
  startedAt: z.string().max(64),
  beatAt: z.string().max(64),
  endedAt: z.string().max(64).optional(),
};

const create = z.strictObject(attributes);

/** Record of the latest rotation. Contains no key and no secret. */
export type RotationAttributes = z.infer<typeof create>;

/**
 * The type of the only object with the latest rotation, its progress and the claim of its server.
 */
export const rotationType: SavedObjectsType = {
  name: ROTATION_TYPE,
  namespaceType: 'agnostic',
  hidden: true,
  visibleToSearch: false,
  mappings: { properties: {} },
  modelVersions: {
    1: { changes: [], schemas: { create, forwardCompatibility: z.object(attributes) } },
  },
};
