import type { AxiosInstance } from 'axios';
import { isConnectorAuthorizationError } from '../contract/connector_authorization_error.ts';
import type { AuthContext, GetTokenOptions } from '../contract/types.ts';
import {
  isAuthorizationHeaderValue,
  normalizeAuthorizationHeaderValue,
} from '../http_headers/index.ts';
import { AuthTypeError } from './auth_type_error.ts';

/** Sets the default Authorization header of one execution's client. */
export const setAuthorization = (client: AxiosInstance, value: string): void => {
  client.defaults.headers.common['Authorization'] = value;
};

/**
 * An error that already says whose turn it is. Wrapping it would turn "try again in a minute" or "ask your administrator" into
 * a vague failure, and callers match by class or name.
 */
const saysWhoActs = (error: unknown): boolean => {
  if (isConnectorAuthorizationError(error)) return true;
  // By shape, not by class: an abort comes from another realm under some runners.
  if (typeof error !== 'object' || error === null) return false;
  return (
    ('name' in error && error.name === 'AbortError') ||
    ('code' in error && typeof error.code === 'string')
  );
};

/**
 * Asks the server for a token and sets it as the Authorization header.
 * @throws whatever `getToken` throws with a `code` or as ConnectorAuthorizationError, unchanged; AuthTypeError otherwise
 */
export const authorizeWithToken = async ({
  authTypeId,
  context,
  client,
  options,
}: {
  readonly authTypeId: string;
  readonly context: AuthContext;
  readonly client: AxiosInstance;
  readonly options: GetTokenOptions;
}): Promise<void> => {
  let token: string;
  try {
    token = await context.getToken(options);
  } catch (error) {
    if (saysWhoActs(error)) throw error;
    throw new AuthTypeError('token_request_failed', authTypeId, 'no token could be had', {
      cause: error,
    });
  }
  const value = typeof token === 'string' ? normalizeAuthorizationHeaderValue(token) : '';
  if (!isAuthorizationHeaderValue(value)) {
    throw new AuthTypeError('malformed_token', authTypeId, 'the token is no header value');
  }
  setAuthorization(client, value);
};
