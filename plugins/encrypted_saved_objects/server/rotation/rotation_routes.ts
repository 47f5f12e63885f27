import { type ErrorMapper, type Principal, type Router, respond } from '@latchkey/core/server';
import { getKeyRotation, getKeyUsage, rotateKey } from '../../common/index.ts';
import type { KeyAdministrationEvent } from '../types.ts';
import type { KeyRotation } from './key_rotation.ts';
import { RotationError, type RotationErrorCode } from './rotation_error.ts';
import type { RotationAttributes } from './rotation_type.ts';

const STATUS: Record<RotationErrorCode, number> = {
  rotation_in_progress: 429,
  unknown_encrypted_type: 400,
  stopping: 503,
};

/** Maps a {@link RotationError} to a response. */
export const mapRotationError: ErrorMapper = (error) =>
  error instanceof RotationError
    ? {
        statusCode: STATUS[error.code],
        message: error.message,
        attributes: { code: error.code },
      }
    : undefined;

/** Services that the handlers of these routes call. */
export interface RotationServices {
  readonly rotation: KeyRotation;
  /** Ids of the configured keys. */
  readonly primaryKeyId: string;
  readonly keyIds: readonly string[];
  /**
   * Called before and after each request that rotates keys or counts their use. Requests for the
   * progress (`getKeyRotation`) are not reported.
   */
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

/** Registers the routes for key rotation and key usage. */
export function registerRotationRoutes(router: Router<RotationServices>): void {
  router.handle(rotateKey, (request, services) =>
    reported(services, request, ROTATE, async () => {
      const { query } = request;
      const { rotation } = services;
      const options = { batchSize: query.batch_size, type: query.type };
      if (query.wait_for_completion === 'true') return respond.ok(await rotation.rotate(options));
      await rotation.rotateInBackground(options);
      return respond.json(202, progressOf(await rotation.latest()));
    }),
  );
  router.handle(getKeyRotation, async (_, { rotation }) =>
    respond.ok(progressOf(await rotation.latest())),
  );
  router.handle(getKeyUsage, (request, services) =>
    reported(services, request, USAGE, async () => {
      const { byKeyId, unreadable } = await services.rotation.usage();
      const ids = new Set([...services.keyIds, ...byKeyId.keys()]);
      const keys = [...ids].map((keyId) => ({
        key_id: keyId,
        role: roleOf(keyId, services),
        objects: byKeyId.get(keyId) ?? 0,
      }));
      return respond.ok({ keys, unreadable });
    }),
  );
}

/** Runs `work`, and calls `administered` before and after it. */
async function reported<T>(
  { administered }: RotationServices,
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

function progressOf(latest: RotationAttributes | undefined) {
  if (latest === undefined) return { state: 'none' } as const;
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

function roleOf(
  keyId: string,
  { primaryKeyId, keyIds }: RotationServices,
): 'primary' | 'decryption_only' | 'not_configured' {
  if (keyId === primaryKeyId) return 'primary';
  return keyIds.includes(keyId) ? 'decryption_only' : 'not_configured';
}
