import type { SavedObjectsType } from '@latchkey/saved-objects';
import { z } from 'zod';

const attributes = {
  name: z.string(),
  description: z.string().optional(),
  metadata: z.record(z.string(), z.unknown()),
  grants: z.array(
    z.object({
      base: z.array(z.string()),
      feature: z.record(z.string(), z.array(z.string())),
      spaces: z.array(z.string()),
    }),
  ),
};

/** Name of the saved-object type; the id is the role's name. */
export const ROLE_TYPE = 'role';

export const roleType: SavedObjectsType = {
  name: ROLE_TYPE,
  namespaceType: 'agnostic',
  hidden: true,
  mappings: { properties: { name: { type: 'keyword' } } },
  modelVersions: {
    1: {
      changes: [],
      schemas: {
        create: z.strictObject(attributes),
        forwardCompatibility: z.object(attributes),
      },
    },
  },
};
