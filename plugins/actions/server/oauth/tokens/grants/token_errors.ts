import { type AuthorizationReason, ConnectorAuthorizationError } from '@latchkey/connector-specs';
import { needsAnotherKey, SavedObjectError } from '@latchkey/saved-objects';

/** Why no token is available at the moment although the user need not do anything. */
export type TokenUnavailableCode =
  | 'provider_unavailable'
  | 'rate_limited'
  | 'refresh_in_progress'
  | 'store_unavailable'
  | 'deadline_exceeded';

/**
 * A temporary failure: the provider or the store is unavailable, or the time was not enough. It
 * never means that the user must authorize.
 */
export class TokenUnavailableError extends Error {
  override readonly name = 'TokenUnavailableError';
  readonly code: TokenUnavailableCode;
  /** Time to wait before the next attempt, in milliseconds. `undefined`: unknown. */
  readonly retryAfterMs: number | undefined;

  constructor(
    code: TokenUnavailableCode,
    message: string,
    retryAfterMs?: number,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.code = code;
    this.retryAfterMs = retryAfterMs;
  }
}

/**
 * A new grant cannot be stored, because its connector has another client by now and the user has
 * authorized that client meanwhile. The grant of the current client stays.
 */
export class OutdatedClientError extends Error {
  override readonly name = 'OutdatedClientError';
  readonly code = 'connector_changed';

  constructor(connectorId: string, options?: ErrorOptions) {
    super(`Connector [${connectorId}] was changed while it was being authorized.`, options);
  }
}

/**
 * A new grant is not stored, because an earlier attempt may have stored it, and the document has
 * changed since: the user may have disconnected.
 */
export class UnconfirmedGrantError extends Error {
  override readonly name = 'UnconfirmedGrantError';
  readonly code = 'store_unavailable';

  constructor(connectorId: string, options?: ErrorOptions) {
    super(
      `It is unknown if a grant of connector [${connectorId}] was stored, and it is not stored again.`,
      options,
    );
  }
}

/**
 * Limit of `retryConflicts` for changes of one grant.
 * @throws TokenUnavailableError `refresh_in_progress` when other processes change the grant again
 * and again
 */
export const GRANT_RETRIES = {
  attempts: 20,
  contended: (): never => {
    throw new TokenUnavailableError(
      'refresh_in_progress',
      'Other requests are changing this connection. Try again in a few seconds.',
    );
  },
} as const;

const MESSAGES: Record<AuthorizationReason, string> = {
  no_token: 'You have not authorized this connector yet. Authorize it and try again.',
  token_expired:
    'Your authorization has expired and cannot be renewed. Authorize the connector again.',
  refresh_token_expired: 'Your authorization has expired. Authorize the connector again.',
  token_revoked:
    'The provider no longer accepts your authorization. Authorize the connector again.',
  refresh_failed: 'Your authorization could not be renewed. Authorize the connector again.',
  no_user: 'This connector acts for a signed-in user, and this call has no user.',
  site_not_chosen:
    'Your authorization covers several sites. Choose one of them for this connector.',
  missing_scope:
    'Your authorization does not allow this. Authorize the connector again and agree to everything it asks for.',
};

/**
 * Creates the error that asks the user to authorize. The other places of this capability that
 * create it have messages for a special cause.
 */
export function authorizationError(
  authMethod: string,
  reason: AuthorizationReason,
  cause?: unknown,
): ConnectorAuthorizationError {
  return new ConnectorAuthorizationError(
    authMethod,
    reason,
    MESSAGES[reason],
    cause === undefined ? undefined : { cause },
  );
}

/**
 * Converts the error of a missing key to that of an unavailable store: another server may have the
 * key, and this server can read the document after the key was configured. `needsAnotherKey`
 * returns `true` for the result too.
 */
export function missingKeyError(error: SavedObjectError): SavedObjectError {
  return new SavedObjectError(
    'store_unavailable',
    `${error.message}: this server lacks its key. List it under xpack.encryptedSavedObjects.keyRotation.decryptionOnlyKeys.`,
    error.details,
    { cause: error },
  );
}

/**
 * Converts an error of the store to an error of this capability. A store that cannot be reached is
 * never reported as a problem of the credentials. A document that is corrupt can only be repaired
 * by its user, who must authorize again. Other errors are returned unchanged.
 */
export function tokenFailure(error: unknown, authMethod: string): unknown {
  if (!(error instanceof SavedObjectError)) return error;
  switch (error.code) {
    case 'store_unavailable':
      return new TokenUnavailableError(
        'store_unavailable',
        'Stored tokens cannot be read or written right now. Nothing was refreshed. Try again later; nobody needs to authorize again.',
        undefined,
        { cause: error },
      );
    case 'newer_version':
      return new TokenUnavailableError(
        'store_unavailable',
        'These tokens were written by a newer version of the server, and this process cannot read them. Try again when the upgrade is complete; nobody needs to authorize again.',
        undefined,
        { cause: error },
      );
    case 'undecryptable':
      if (needsAnotherKey(error))
        return new TokenUnavailableError(
          'store_unavailable',
          'These tokens are encrypted with a key that this server does not have. An administrator must list it under xpack.encryptedSavedObjects.keyRotation.decryptionOnlyKeys; nobody needs to authorize again.',
          undefined,
          { cause: error },
        );
      return authorizationError(authMethod, 'token_revoked', error);
    default:
      return error;
  }
}
