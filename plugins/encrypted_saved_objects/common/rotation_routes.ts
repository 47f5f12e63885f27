import { defineRoute } from '@latchkey/core/common';
import { z } from 'zod';

/**
 * Maximum number of objects that are read together. Parsing more would delay other requests and
 * would not be faster. Documents of older builds may have a megabyte each.
 */
export const MAX_BATCH_SIZE = 100;

const rotation = z.object({
  total: z.number(),
  successful: z.number(),
  failed: z.number(),
});

const progress = z.object({
  /**
   * State of the rotation. `interrupted`: the server that ran the rotation stopped or crashed. Call
   * the route again, or wait for the next start of the server.
   */
  state: z.enum(['none', 'running', 'completed', 'interrupted', 'failed']),
  /**
   * Id of the key with which all objects are encrypted again, as in `_key_usage`. This member and
   * the next ones are absent if the state is `none`.
   */
  primary_key_id: z.string().optional(),
  type: z.string().optional(),
  /**
   * Number of the current pass over all objects, from 1. Passes are repeated until one finds no
   * object with an earlier key.
   */
  pass: z.number().optional(),
  /**
   * Number of encrypted objects. `looked_at` is the number of objects that the current pass has
   * checked.
   */
  objects: z.number().optional(),
  looked_at: z.number().optional(),
  successful: z.number().optional(),
  failed: z.number().optional(),
  started_at: z.string().optional(),
  updated_at: z.string().optional(),
  ended_at: z.string().optional(),
});

const usage = z.object({
  keys: z.array(
    z.object({
      key_id: z.string(),
      /** `not_configured`: this server cannot read objects of this key. */
      role: z.enum(['primary', 'decryption_only', 'not_configured']),
      objects: z.number(),
    }),
  ),
  /** Number of objects with a damaged encrypted attribute. */
  unreadable: z.number(),
});

const route = {
  access: 'public',
  tags: ['encrypted saved objects'],
  // No feature grants this privilege, so only superusers have it.
  privileges: ['encrypted_saved_objects:rotate_key'],
} as const;

/**
 * Encrypts every object with the current key. Responds when this is complete, or immediately with
 * 202.
 */
export const rotateKey = defineRoute({
  ...route,
  method: 'post',
  path: '/api/encrypted_saved_objects/_rotate_key',
  summary: 'Encrypt stored objects with the current key',
  description:
    'Moves every encrypted object to xpack.encryptedSavedObjects.encryptionKey while the servers run. Stopping and repeating is safe; an interrupted rotation continues after a restart.',
  query: z.strictObject({
    /**
     * Number of objects per batch, as in Kibana. Values above {@link MAX_BATCH_SIZE} are accepted,
     * but at most that many objects are read at a time.
     */
    batch_size: z.coerce.number<number | string>().int().min(1).max(10_000).default(MAX_BATCH_SIZE),
    type: z.string().min(1).max(128).optional(),
    wait_for_completion: z.enum(['true', 'false']).default('true'),
  }),
  responses: {
    200: { description: 'The rotation is complete.', body: rotation },
    202: {
      description: 'The rotation has begun (`wait_for_completion=false`).',
      body: progress,
    },
    429: { description: 'A rotation is already in progress, on this server or another.' },
  },
});

/** Gets the progress of the latest rotation, whichever server runs it. */
export const getKeyRotation = defineRoute({
  ...route,
  method: 'get',
  path: '/api/encrypted_saved_objects/_rotate_key',
  summary: 'Progress of the latest key rotation',
  description: 'The response is the same on every server of a store.',
  responses: { 200: { description: 'The latest rotation.', body: progress } },
});

/** Counts the objects of each encryption key. */
export const getKeyUsage = defineRoute({
  ...route,
  method: 'get',
  path: '/api/encrypted_saved_objects/_key_usage',
  summary: 'Count stored objects per encryption key',
  description:
    'A key that no object uses may be removed from the configuration. Reads all encrypted objects.',
  responses: { 200: { description: 'Objects per key.', body: usage } },
});
