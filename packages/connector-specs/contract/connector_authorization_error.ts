/**
 * Why the user must authorize (again). Five reasons are Kibana's. Ours: a call without a user, and
 * an authorization that lacks scopes.
 */
export type AuthorizationReason =
  | 'no_token'
  | 'token_expired'
  | 'refresh_token_expired'
  | 'token_revoked'
  | 'refresh_failed'
  | 'no_user'
  | 'missing_scope';

/** The one structured signal "this person must authorize". Matched by `name`, so it works across module realms. */
export class ConnectorAuthorizationError extends Error {
  override readonly name = 'ConnectorAuthorizationError';
  /** Auth type id, for example `ears`. */
  readonly authMethod: string;
  readonly reason: AuthorizationReason;

  constructor(
    authMethod: string,
    reason: AuthorizationReason,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.authMethod = authMethod;
    this.reason = reason;
  }
}

/** A real instance, or any Error-like value of that name. */
export function isConnectorAuthorizationError(
  error: unknown,
): error is ConnectorAuthorizationError {
  return (
    typeof error === 'object' &&
    error !== null &&
    'name' in error &&
    error.name === 'ConnectorAuthorizationError'
  );
}
