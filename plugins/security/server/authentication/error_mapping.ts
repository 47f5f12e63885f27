import { HttpError, type MappedError } from '@latchkey/core/server';
import { SecurityError, type SecurityErrorCode } from '../security_error.ts';

const STATUS: Readonly<Record<SecurityErrorCode, number>> = {
  login_failed: 401,
  login_throttled: 429,
  login_busy: 503,
  session_ended: 401,
  password_incorrect: 403,
  password_required: 400,
  password_unreadable: 500,
  password_well_known: 400,
  user_not_found: 404,
  user_conflict: 409,
  user_exists: 409,
  last_superuser: 409,
  role_not_found: 404,
  role_reserved: 400,
  role_exists: 409,
  stale_version: 409,
  role_invalid: 400,
  space_being_deleted: 409,
  api_key_needs_login: 403,
  api_key_limit_reached: 400,
  api_key_expiration_invalid: 400,
};

/** Status and public message for a {@link SecurityError}. `undefined`: it is another error. */
export function mapSecurityError(error: unknown): MappedError | undefined {
  if (!(error instanceof SecurityError)) return undefined;
  const { retryAfterSeconds } = error.details;
  return {
    statusCode: STATUS[error.code],
    message: error.message,
    attributes: { code: error.code },
    ...(retryAfterSeconds === undefined
      ? {}
      : { headers: { 'retry-after': String(Math.max(1, Math.ceil(retryAfterSeconds))) } }),
  };
}

/**
 * Throws the HTTP error for a {@link SecurityError}, and any other error unchanged. For code
 * outside a router, such as authentication.
 */
export function throwAsHttpError(error: unknown): never {
  const mapped = mapSecurityError(error);
  if (mapped === undefined) throw error;
  const { statusCode, message, ...rest } = mapped;
  throw new HttpError(statusCode, message, { cause: error, ...rest });
}
