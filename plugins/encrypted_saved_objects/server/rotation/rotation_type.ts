import type { SavedObjectsType } from '@latchkey/saved-objects';
import { z } from 'zod';

/** Name of the saved-object type of the latest rotation. */
export const ROTATION_TYPE = 'key_rotation';
/** Id of its only object. */
export const ROTATION_ID = 'latest';

const count = z.number().int().nonnegative();

const attributes = {
  /** Random per rotation, and anew when it is resumed. */
  rotationId: z.string().min(1).max(64),
  /** Key that everything moves to. */
  primaryKeyId: z.string().min(1).max(64),
  /** Only this type; absent: all encrypted types. */
  onlyType: z.string().max(128).optional(),
  /**
   * `running` → `completed`, or `interrupted` (the server stopped), or `failed` (the store failed). `running` without a beat means that the
   * server died. Only the rotation whose `rotationId` it is writes this object; a later one replaces it.
   */
  state: z.enum(['running', 'completed', 'interrupted', 'failed']),
  /** Walks over all objects so far, the present one included. */
  pass: count,
  /** Encrypted objects in the store when it began. */
  objects: count,
  /** Objects looked at in the present walk. */
  lookedAt: count,
  successful: count,
  failed: count,
  /** ISO instants. `beatAt` is informational; no decision reads it. */
  startedAt: z.string().max(64),
  beatAt: z.string().max(64),
  endedAt: z.string().max(64).optional(),
};

const create = z.strictObject(attributes);

/** What is known of the latest rotation. No key, no secret. */
export type RotationAttributes = z.infer<typeof create>;

/** One object: the latest rotation, its progress, and who is at it. */
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
