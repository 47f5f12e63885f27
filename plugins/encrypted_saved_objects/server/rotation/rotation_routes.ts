import { type ErrorMapper, type Router, respond } from '@latchkey/core/server';
import { z } from 'zod';
import type { KeyRotation } from './key_rotation.ts';
import { RotationError, type RotationErrorCode } from './rotation_error.ts';

/** Held by superusers only: no feature grants it. */
const PRIVILEGE = 'encrypted_saved_objects:rotate_key';
const DEFAULT_BATCH_SIZE = 10_000;

const STATUS: Record<RotationErrorCode, number> = {
  rotation_in_progress: 429,
  unknown_encrypted_type: 400,
  stopping: 503,
};

/** Answers for {@link RotationError}. */
export const mapRotationError: ErrorMapper = (error) =>
  error instanceof RotationError
    ? {
        statusCode: STATUS[error.code],
        message: error.message,
        attributes: { attributes: { code: error.code } },
      }
    : undefined;

/** What the routes need; the rotation exists only once the plugin has started. */
export interface RotationRoutesDeps {
  readonly rotation: () => Promise<KeyRotation>;
  /** Ids of the configured keys. */
  readonly primaryKeyId: string;
  readonly keyIds: readonly string[];
}

/** Registers key rotation and key usage. */
export function registerRotationRoutes(router: Router, deps: RotationRoutesDeps): void {
  const security = { requiredPrivileges: [PRIVILEGE] };
  const tags = ['encrypted saved objects'];
  router.add(
    {
      method: 'post',
      path: '/api/encrypted_saved_objects/_rotate_key',
      access: 'public',
      summary: 'Encrypt stored objects with the current key',
      description:
        'Moves every encrypted object to xpack.encryptedSavedObjects.encryptionKey while the server runs. Stopping and repeating is safe.',
      tags,
      security,
      validate: {
        query: z.strictObject({
          batch_size: z.coerce.number().int().min(1).max(10_000).default(DEFAULT_BATCH_SIZE),
          type: z.string().min(1).max(128).optional(),
        }),
      },
      responses: {
        200: { description: 'The rotation is complete.', body: rotationAnswer },
        429: { description: 'A rotation is already in progress.' },
      },
    },
    async ({ query }) => {
      const rotation = await deps.rotation();
      const result = await rotation.rotate({ batchSize: query.batch_size, type: query.type });
      return respond.ok(result);
    },
  );
  router.add(
    {
      method: 'get',
      path: '/api/encrypted_saved_objects/_key_usage',
      access: 'public',
      summary: 'Count stored objects per encryption key',
      description:
        'A key that no object uses may be removed from the configuration. Walks all encrypted objects.',
      tags,
      security,
      responses: { 200: { description: 'Objects per key.', body: usageAnswer } },
    },
    async () => {
      const { byKeyId, unreadable } = await (await deps.rotation()).usage();
      const ids = new Set([...deps.keyIds, ...byKeyId.keys()]);
      const keys = [...ids].map((keyId) => ({
        key_id: keyId,
        role: roleOf(keyId, deps),
        objects: byKeyId.get(keyId) ?? 0,
      }));
      return respond.ok({ keys, unreadable });
    },
  );
}

const rotationAnswer = z.object({
  total: z.number(),
  successful: z.number(),
  failed: z.number(),
});

const usageAnswer = z.object({
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

function roleOf(keyId: string, { primaryKeyId, keyIds }: RotationRoutesDeps) {
  if (keyId === primaryKeyId) return 'primary';
  return keyIds.includes(keyId) ? 'decryption_only' : 'not_configured';
}
