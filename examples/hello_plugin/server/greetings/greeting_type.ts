import { plainSchemas, type SavedObjectsType } from '@latchkey/saved-objects';
import { z } from 'zod';

/** Name of the saved-object type. The id is the greeted name. */
export const GREETING_TYPE = 'hello_plugin_greeting';

const attributes = {
  /** ISO instant of the last greeting. */
  lastGreetedAt: z.iso.datetime(),
};

/** Attributes of `hello_plugin_greeting`. */
export type GreetingAttributes = z.infer<z.ZodObject<typeof attributes>>;

/**
 * Saved-object type with the last greeting of each name. A later version of this plugin adds model
 * version 2 instead of changing version 1 (docs/model-versions.md).
 */
export const greetingType: SavedObjectsType = {
  name: GREETING_TYPE,
  // All spaces share the objects. A type whose objects belong to a space also needs a data handler
  // of the spaces plugin.
  namespaceType: 'agnostic',
  hidden: true,
  mappings: { properties: {} },
  modelVersions: {
    1: {
      changes: [],
      schemas: plainSchemas(attributes),
    },
  },
};
