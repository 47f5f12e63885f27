import { type ErrorMapper, type Principal, type Router, respond } from '@latchkey/core/server';
import { z } from 'zod';
import type { KeyAdministrationEvent } from '../types.ts';
import { type KeyRotation, MAX_BATCH_SIZE } from './key_rotation.ts';
import { RotationError, type RotationErrorCode } from './rotation_error.ts';
import type { RotationAttributes } from './rotation_type.ts';

/** Held by superusers only: no feature grants it. */
const PRIVILEGE = 'encrypted_saved_objects:rotate_key';

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
        attributes: { code: error.code },
      }
    : undefined;

/** What the routes need; the rotation exists only once the plugin has started. */
export interface RotationRoutesDeps {
  readonly rotation: () => Promise<KeyRotation>;
  /** Ids of the configured keys. */
  readonly primaryKeyId: string;
  readonly keyIds: readonly string[];
  /** Called before and after every request about keys. */
  readonly administered: (event: KeyAdministrationEvent) => void;
}

type Description = Pick<KeyAdministrationEvent, 'action' | 'message'>;
const ROTATE: Description = {
  action: 'encryption_key_rotate',
  message: 'Encrypt stored objects with the current key',
};
const USAGE: Description = {
  action: 'encryption_key_usage',
  message: 'Count stored objects per encryption key',
};

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
        'Moves every encrypted object to xpack.encryptedSavedObjects.encryptionKey while the servers run. Stopping and repeating is safe; one that was cut off goes on after a restart.',
      tags,
      security,
      validate: {
        query: z.strictObject({
          /** As in Kibana; more than 500 are read 500 at a time. */
          batch_size: z.coerce.number().int().min(1).max(10_000).default(MAX_BATCH_SIZE),
          type: z.string().min(1).max(128).optional(),
          wait_for_completion: z.enum(['true', 'false']).default('true'),
        }),
      },
      responses: {
        200: { description: 'The rotation is complete.', body: rotationResponse },
        202: {
          description: 'The rotation has begun (`wait_for_completion=false`).',
          body: progressResponse,
        },
        429: { description: 'A rotation is already in progress, on this server or another.' },
      },
    },
    (request) =>
      announced(deps, request, ROTATE, async () => {
        const { query } = request;
        const rotation = await deps.rotation();
        const options = { batchSize: query.batch_size, type: query.type };
        if (query.wait_for_completion === 'true') return respond.ok(await rotation.rotate(options));
        await rotation.rotateInBackground(options);
        return { ...respond.ok(progressOf(await rotation.latest())), status: 202 };
      }),
  );
  router.add(
    {
      method: 'get',
      path: '/api/encrypted_saved_objects/_rotate_key',
      access: 'public',
      summary: 'Progress of the latest key rotation',
      description: 'The same on every server of a store, whichever of them rotates.',
      tags,
      security,
      responses: { 200: { description: 'The latest rotation.', body: progressResponse } },
    },
    async () => respond.ok(progressOf(await (await deps.rotation()).latest())),
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
      responses: { 200: { description: 'Objects per key.', body: usageResponse } },
    },
    (request) =>
      announced(deps, request, USAGE, async () => {
        const { byKeyId, unreadable } = await (await deps.rotation()).usage();
        const ids = new Set([...deps.keyIds, ...byKeyId.keys()]);
        const keys = [...ids].map((keyId) => ({
          key_id: keyId,
          role: roleOf(keyId, deps),
          objects: byKeyId.get(keyId) ?? 0,
        }));
        return respond.ok({ keys, unreadable });
      }),
  );
}

/** Runs `work` and reports it before and after. */
async function announced<T>(
  { administered }: RotationRoutesDeps,
  principal: Principal,
  event: Description,
  work: () => Promise<T>,
): Promise<T> {
  administered({ ...event, principal, outcome: 'unknown' });
  try {
    const result = await work();
    administered({ ...event, principal, outcome: 'success' });
    return result;
  } catch (error) {
    const errorCode = error instanceof RotationError ? error.code : 'unexpected';
    administered({ ...event, principal, outcome: 'failure', errorCode });
    throw error;
  }
}

const rotationResponse = z.object({
  total: z.number(),
  successful: z.number(),
  failed: z.number(),
});

const progressResponse = z.object({
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

function progressOf(latest: RotationAttributes | undefined): z.infer<typeof progressResponse> {
  if (latest === undefined) return { state: 'none' };
  const { primaryKeyId, onlyType, lookedAt, startedAt, beatAt, endedAt } = latest;
  const { state, pass, objects, successful, failed } = latest;
  return {
    state,
    primary_key_id: primaryKeyId,
    ...(onlyType === undefined ? {} : { type: onlyType }),
    pass,
    objects,
    looked_at: lookedAt,
    successful,
    failed,
    started_at: startedAt,
    updated_at: beatAt,
    ...(endedAt === undefined ? {} : { ended_at: endedAt }),
  };
}

const usageResponse = z.object({
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
