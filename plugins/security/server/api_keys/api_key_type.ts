import type { SavedObjectsType } from '@latchkey/saved-objects';
import { z } from 'zod';
import { MAX_METADATA_BYTES, sizeOf } from './api_key_schemas.ts';

/** Name of the saved-object type; the id is the key's public id. */
export const API_KEY_TYPE = 'api_key';

const attributesV1 = {
  name: z.string(),
  /** SHA-256 of the secret, base64url. The secret has 256 random bits, so nothing slower is needed. */
  secretHash: z.string(),
  username: z.string(),
  profileUid: z.string(),
  /** ISO instant. Absent: never expires. */
  expiresAt: z.string().optional(),
  metadata: z.record(z.string(), z.unknown()),
};

const attributesV2 = {
  ...attributesV1,
  /** ISO instant. Absent: made by an older build. */
  createdAt: z.string().optional(),
  /** What the key is restricted to, as the client sent it. Absent or empty: not restricted. */
  roleDescriptors: z.record(z.string(), z.unknown()).optional(),
  /** The owner's `apiKeyEpoch` when the key was made; the key ends when theirs changes. */
  epoch: z.string().optional(),
};

/**
 * Version 2 restricts keys, ends them by epoch, and can be listed in pages. It drops metadata above
 * the limit that holds since: lists of such keys took the memory of the server.
 */
export const apiKeyType: SavedObjectsType = {
  name: API_KEY_TYPE,
  namespaceType: 'agnostic',
  hidden: true,
  mappings: { properties: { profileUid: { type: 'keyword' } } },
  modelVersions: {
    1: {
      changes: [],
      schemas: {
        create: z.strictObject(attributesV1),
        forwardCompatibility: z.object(attributesV1),
      },
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
            sizeOf(metadata) > MAX_METADATA_BYTES ? { metadata: {} } : {},
        },
      ],
      schemas: {
        create: z.strictObject(attributesV2),
        forwardCompatibility: z.object(attributesV2),
      },
    },
  },
};
