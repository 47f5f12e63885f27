import { isConnectorAuthorizationError } from '../contract/errors.ts';
import type { AuthClient, AuthContext, GetTokenOptions } from '../contract/types.ts';
import {
  isAuthorizationHeaderValue,
  normalizeAuthorizationHeaderValue,
} from '../http_headers/index.ts';
import { AuthTypeError } from './auth_type.ts';

/** Sets the default Authorization header of the client of one execution. */
export const setAuthorization = (client: AuthClient, value: string): void => {
  client.defaults.headers.common['Authorization'] = value;
};

/**
 * Returns `true` if an error already says who must act. Such an error is not wrapped, because
 * callers match its class or name.
 */
const saysWhoActs = (error: unknown): boolean => {
  if (isConnectorAuthorizationError(error)) return true;
  // `instanceof` is not reliable here: under some test runners an abort comes from another realm.
  if (typeof error !== 'object' || error === null) return false;
  return (
    ('name' in error && error.name === 'AbortError') ||
    ('code' in error && typeof error.code === 'string')
  );
};

/**
 * Gets a token from the server and sets it as the Authorization header.
 * @param options not decisive, see {@link GetTokenOptions}
 * @throws errors of `getToken` that have a `code` and ConnectorAuthorizationError, unchanged;
 *   AuthTypeError otherwise
 */
export const authorizeWithToken = async ({
  authTypeId,
  context,
  client,
  options,
}: {
  readonly authTypeId: string;
  readonly context: AuthContext;
  readonly client: AuthClient;
  readonly options: GetTokenOptions;
}): Promise<void> => {
  let token: string;
  try {
    token = await context.getToken(options);
  } catch (error) {
    if (saysWhoActs(error)) throw error;
    throw new AuthTypeError('token_request_failed', authTypeId, 'no token is available', {
      cause: error,
    });
  }
  const value = typeof token === 'string' ? normalizeAuthorizationHeaderValue(token) : '';
  if (!isAuthorizationHeaderValue(value)) {
    throw new AuthTypeError(
      'malformed_token',
      authTypeId,
      'the token contains characters that a header must not contain',
    );
  }
  setAuthorization(client, value);
};
