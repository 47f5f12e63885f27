import { plainSchemas, type SavedObjectsType } from '@latchkey/saved-objects';
import { z } from 'zod';

/** Name of the saved-object type. The id of a document is the id of the space. */
export const SPACE_TYPE = 'space';

const attributes = {
  name: z.string(),
  description: z.string().optional(),
  color: z.string().optional(),
  initials: z.string().optional(),
  imageUrl: z.string().optional(),
  solution: z.string().optional(),
  disabledFeatures: z.array(z.string()),
  /**
   * ISO instant. Present while the contents of the space are being removed; no user may enter the
   * space then.
   */
  deletingSince: z.string().optional(),
};

/** Version 2 makes it possible to search for spaces that are being deleted. */
export const spaceType: SavedObjectsType = {
  name: SPACE_TYPE,
  namespaceType: 'agnostic',
  hidden: true,
  mappings: { properties: { name: { type: 'text' } } },
  modelVersions: {
    1: {
      changes: [],
      schemas: plainSchemas(attributes),
    },
    2: {
      changes: [{ type: 'mappings_addition', addedMappings: { deletingSince: { type: 'date' } } }],
      schemas: plainSchemas(attributes),
    },
  },
};
