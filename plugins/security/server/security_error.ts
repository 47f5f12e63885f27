/** Codes are public: added, never renamed. `docs/errors.md` says who acts on each. */
export type SecurityErrorCode =
  | 'login_failed'
  | 'login_throttled'
  | 'login_busy'
  | 'password_incorrect'
  | 'password_required'
  | 'password_unreadable'
  | 'password_well_known'
  | 'user_not_found'
  | 'user_conflict'
  | 'last_superuser'
  | 'role_not_found'
  | 'role_reserved'
  | 'role_exists'
  | 'role_invalid'
  | 'space_being_deleted'
  | 'api_key_needs_login'
  | 'api_key_limit_reached'
  | 'api_key_expiration_invalid';

/** What the error is about; safe to log. */
export interface SecurityErrorDetails {
  /** Seconds after which trying again makes sense. */
  readonly retryAfterSeconds?: number;
  readonly username?: string;
  readonly role?: string;
}

/** Why something about people, roles or keys was refused. `message` is shown to clients; it never holds a secret. */
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
