import { defineRoute } from '@latchkey/core/common';
import { z } from 'zod';

/**
 * Maximum number of objects that are read at once. More would delay other requests while they are
 * parsed, and would not be faster.
 */
export const MAX_BATCH_SIZE = 500;

const rotation = z.object({
  total: z.number(),
  successful: z.number(),
  failed: z.number(),
});

const progress = z.object({
  /** `interrupted`: the server that ran it stopped or died; call again, or wait for its next start. */
  state: z.enum(['none', 'running', 'completed', 'interrupted', 'failed']),
  /** All below are absent with `none`. Key that everything moves to, as in `_key_usage`. */
  primary_key_id: z.string().optional(),
  type: z.string().optional(),
  /** The objects are walked until a walk finds nothing to move. */
  pass: z.number().optional(),
  /** Encrypted objects, and how many of them the present walk has looked at. */
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
      /** `not_configured`: objects of this key cannot be read by this server. */
      role: z.enum(['primary', 'decryption_only', 'not_configured']),
      objects: z.number(),
    }),
  ),
  /** Objects with a damaged encrypted attribute. */
  unreadable: z.number(),
});

const route = {
  access: 'public',
  tags: ['encrypted saved objects'],
  // Held by superusers only: no feature grants it.
  privileges: ['encrypted_saved_objects:rotate_key'],
} as const;

/** Encrypts every object with the current key. Resolves at the end, or at once (202). */
export const rotateKey = defineRoute({
  ...route,
  method: 'post',
  path: '/api/encrypted_saved_objects/_rotate_key',
  summary: 'Encrypt stored objects with the current key',
  description:
    'Moves every encrypted object to xpack.encryptedSavedObjects.encryptionKey while the servers run. Stopping and repeating is safe; one that was cut off goes on after a restart.',
  query: z.strictObject({
    /** As in Kibana; more than 500 are read 500 at a time. */
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

/** Progress of the latest rotation, whichever server runs it. */
export const getKeyRotation = defineRoute({
  ...route,
  method: 'get',
  path: '/api/encrypted_saved_objects/_rotate_key',
  summary: 'Progress of the latest key rotation',
  description: 'The same on every server of a store, whichever of them rotates.',
  responses: { 200: { description: 'The latest rotation.', body: progress } },
});

/** Number of objects per encryption key. */
export const getKeyUsage = defineRoute({
  ...route,
  method: 'get',
  path: '/api/encrypted_saved_objects/_key_usage',
  summary: 'Count stored objects per encryption key',
  description:
    'A key that no object uses may be removed from the configuration. Walks all encrypted objects.',
  responses: { 200: { description: 'Objects per key.', body: usage } },
});
