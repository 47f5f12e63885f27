import type { AuthMode, AuthTypeSpec } from '../contract/types.ts';
import { apiKeyHeaderAuthType } from './api_key_header.ts';
import { AuthTypeError } from './auth_type_error.ts';
import { basicAuthType } from './basic.ts';
import { bearerAuthType } from './bearer.ts';
import { earsAuthType } from './ears.ts';
import { noneAuthType } from './none.ts';
import { oauthAuthorizationCodeAuthType } from './oauth_authorization_code.ts';
import { oauthClientCredentialsAuthType } from './oauth_client_credentials.ts';

// `configure` was checked against its own schema by `defineAuthType`; from here on only parsed secrets reach it.
const AUTH_TYPES: readonly AuthTypeSpec<never>[] = [
  noneAuthType,
  basicAuthType,
  bearerAuthType,
  apiKeyHeaderAuthType,
  oauthClientCredentialsAuthType,
  oauthAuthorizationCodeAuthType,
  earsAuthType,
];

const byId: ReadonlyMap<string, AuthTypeSpec<never>> = new Map(
  AUTH_TYPES.map((authType) => [authType.id, authType]),
);

/** Auth mode of every auth type, for code that must not load the auth types themselves. */
export const AUTH_MODE_BY_AUTH_TYPE_ID: Readonly<Record<string, AuthMode>> = Object.freeze(
  Object.fromEntries(AUTH_TYPES.map(({ id, authMode }) => [id, authMode])),
);

/** Whether an auth type of that id exists. */
export const isKnownAuthType = (id: string): boolean => byId.has(id);

/**
 * The auth type of that id. Its `configure` expects secrets that its schema has parsed.
 * @throws AuthTypeError `unknown_auth_type`
 */
export const getAuthType = (id: string): AuthTypeSpec => {
  const authType = byId.get(id);
  if (authType === undefined) {
    throw new AuthTypeError('unknown_auth_type', id, 'it does not exist');
  }
  return authType as AuthTypeSpec;
};

/** Whose credentials an auth type uses; unknown ones count as shared. Decide by this, never by a stored mode. */
export const authModeOf = (authTypeId: string): AuthMode =>
  byId.get(authTypeId)?.authMode ?? 'shared';
