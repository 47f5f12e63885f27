import type { output, ZodObject } from 'zod';
import type { AuthClient, AuthContext, AuthTypeSpec } from '../contract/types.ts';

/** Cause of an {@link AuthTypeError}. */
export type AuthTypeErrorCode =
  | 'unknown_auth_type'
  | 'malformed_secrets'
  | 'malformed_token'
  | 'token_request_failed';

/** Credentials cannot be applied. The message names the auth type, never a credential. */
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

/** An auth type whose `configure` function has the type of the parsed secrets as parameter. */
export interface TypedAuthType<S extends ZodObject> extends Omit<AuthTypeSpec, 'configure'> {
  readonly schema: S;
  configure(context: AuthContext, client: AuthClient, secrets: output<S>): Promise<void>;
}

/** Declares an auth type. The schema decides the type of the secrets that `configure` gets. */
export const defineAuthType = <S extends ZodObject>(authType: TypedAuthType<S>): TypedAuthType<S> =>
  Object.freeze(authType);
