import type { SavedObjectsType } from '@latchkey/saved-objects';
import { z } from 'zod';

/** Name of the saved-object type; the id is the key's public id. */
export const API_KEY_TYPE = 'api_key';

const attributes = {
  name: z.string(),
  /** SHA-256 of the secret, base64url. The secret has 256 random bits, so nothing slower is needed. */
  secretHash: z.string(),
  username: z.string(),
  profileUid: z.string(),
  /** ISO instant. Absent: never expires. */
  expiresAt: z.string().optional(),
  metadata: z.record(z.string(), z.unknown()),
};

export const apiKeyType: SavedObjectsType = {
  name: API_KEY_TYPE,
  namespaceType: 'agnostic',
  hidden: true,
  mappings: { properties: { profileUid: { type: 'keyword' } } },
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
