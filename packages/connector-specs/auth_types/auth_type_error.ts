/** Why a connector could not be given its credentials. */
export type AuthTypeErrorCode =
  | 'unknown_auth_type'
  | 'malformed_secrets'
  | 'malformed_token'
  | 'token_request_failed';

/** Credentials could not be applied. The message names the auth type, never a value. */
export class AuthTypeError extends Error {
  override readonly name = 'AuthTypeError';
  readonly code: AuthTypeErrorCode;
  readonly authTypeId: string;

  constructor(
    code: AuthTypeErrorCode,
    authTypeId: string,
    problem: string,
    options?: ErrorOptions,
  ) {
    super(`auth type [${authTypeId}]: ${problem}`, options);
    this.code = code;
    this.authTypeId = authTypeId;
  }
}
