/**
 * Codes of refused requests. Codes are public: new ones may be added, existing ones are never
 * renamed. `docs/errors.md` explains each.
 */
export type SecurityErrorCode =
  | 'login_failed'
  | 'login_throttled'
  | 'login_busy'
  | 'session_ended'
  | 'password_incorrect'
  | 'password_required'
  | 'password_unreadable'
  | 'password_well_known'
  | 'user_not_found'
  | 'user_conflict'
  | 'user_exists'
  | 'last_superuser'
  | 'role_not_found'
  | 'role_reserved'
  | 'role_exists'
  | 'stale_version'
  | 'role_invalid'
  | 'space_being_deleted'
  | 'api_key_needs_login'
  | 'api_key_limit_reached'
  | 'api_key_expiration_invalid';

/** Names and times that belong to an error. They may be logged. */
export interface SecurityErrorDetails {
  /** Seconds after which the caller may try again. */
  readonly retryAfterSeconds?: number;
  readonly username?: string;
  readonly role?: string;
}

/**
 * A refused request about users, roles or keys. Clients see `message`, which never contains a
 * secret.
 */
export class SecurityError extends Error {
  override readonly name = 'SecurityError';
  readonly code: SecurityErrorCode;
  readonly details: SecurityErrorDetails;

  constructor(
    code: SecurityErrorCode,
    message: string,
    details: SecurityErrorDetails = {},
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.code = code;
    this.details = details;
  }
}
