import { plainSchemas, type SavedObjectsType } from '@latchkey/saved-objects';
import { z } from 'zod';

const attributesV1 = {
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

/** Version 2 also stores the Elasticsearch privileges that Kibana's clients send. */
const attributesV2 = {
  ...attributesV1,
  elasticsearch: z.record(z.string(), z.unknown()).optional(),
};

/** Name of the saved-object type. The id of a document is the name of the role. */
export const ROLE_TYPE = 'role';

/** The saved-object type of roles. */
export const roleType: SavedObjectsType = {
  name: ROLE_TYPE,
  namespaceType: 'agnostic',
  hidden: true,
  mappings: { properties: { name: { type: 'keyword' } } },
  modelVersions: {
    1: {
      changes: [],
      schemas: plainSchemas(attributesV1),
    },
    2: {
      changes: [],
      schemas: plainSchemas(attributesV2),
    },
  },
};
