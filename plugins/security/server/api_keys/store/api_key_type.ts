import { plainSchemas, type SavedObjectsType } from '@latchkey/saved-objects';
import { z } from 'zod';
import { jsonBytes, MAX_METADATA_BYTES } from '../../../common/index.ts';

/** Name of the saved-object type. The id of a document is the id of the key. */
export const API_KEY_TYPE = 'api_key';

const attributesV1 = {
  name: z.string(),
  /**
   * SHA-256 of the secret, base64url. The secret has 256 random bits, so no slow hash is needed.
   */
  secretHash: z.string(),
  username: z.string(),
  profileUid: z.string(),
  /** ISO date. Absent: the key never expires. */
  expiresAt: z.string().optional(),
  metadata: z.record(z.string(), z.unknown()),
};

const attributesV2 = {
  ...attributesV1,
  /** ISO date. Absent: an older build created the key. */
  createdAt: z.string().optional(),
  /** Restriction of the key, as the client sent it. Absent or empty: none. */
  roleDescriptors: z.record(z.string(), z.unknown()).optional(),
  /**
   * The owner's `apiKeyEpoch` when the key was created. The key ends when the owner's epoch
   * changes.
   */
  epoch: z.string().optional(),
};

/**
 * Version 2 adds restrictions, invalidation by epoch, and lists in pages. It removes metadata above
 * the new limit, because lists of keys with large metadata have exhausted the server's memory.
 */
export const apiKeyType: SavedObjectsType = {
  name: API_KEY_TYPE,
  namespaceType: 'agnostic',
  hidden: true,
  mappings: { properties: { profileUid: { type: 'keyword' } } },
  modelVersions: {
    1: {
      changes: [],
      schemas: plainSchemas(attributesV1),
    },
    2: {
      changes: [
        {
          type: 'mappings_addition',
          addedMappings: {
            name: { type: 'text' },
            username: { type: 'keyword' },
            createdAt: { type: 'date' },
            expiresAt: { type: 'date' },
          },
        },
        {
          type: 'data_backfill',
          backfill: ({ metadata }) =>
            jsonBytes(metadata) > MAX_METADATA_BYTES ? { metadata: {} } : {},
        },
      ],
      schemas: plainSchemas(attributesV2),
    },
  },
};
