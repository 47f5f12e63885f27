import type { AuthMode, AuthTypeSpec } from '../contract/types.ts';
import { apiKeyHeaderAuthType } from './api_key_header.ts';
import { AuthTypeError } from './auth_type.ts';
import { earsAuthType } from './ears.ts';
import { basicAuthType, bearerAuthType, noneAuthType } from './fixed_credentials.ts';
import { oauthAuthorizationCodeAuthType } from './oauth_authorization_code.ts';
import { oauthClientCredentialsAuthType } from './oauth_client_credentials.ts';
import { oauthClientCredentialsPrivateKeyJwtAuthType } from './oauth_client_credentials_private_key_jwt.ts';

// The type `never` is safe, because `defineAuthType` checked the type of `configure`, which only
// gets secrets that its schema parsed.
const AUTH_TYPES: readonly AuthTypeSpec<never>[] = [
  noneAuthType,
  basicAuthType,
  bearerAuthType,
  apiKeyHeaderAuthType,
  oauthClientCredentialsAuthType,
  oauthClientCredentialsPrivateKeyJwtAuthType,
  oauthAuthorizationCodeAuthType,
  earsAuthType,
];

const byId: ReadonlyMap<string, AuthTypeSpec<never>> = new Map(
  AUTH_TYPES.map((authType) => [authType.id, authType]),
);

/** Auth mode of every auth type: an account per user, or one account for all users. */
export const AUTH_MODE_BY_AUTH_TYPE_ID: Readonly<Record<string, AuthMode>> = Object.freeze(
  Object.fromEntries(AUTH_TYPES.map(({ id, authMode }) => [id, authMode])),
);

/** Returns `true` if an auth type with this id exists. */
export const isKnownAuthType = (id: string): boolean => byId.has(id);

/**
 * The auth type with this id. Pass parsed secrets to its `configure`.
 * @throws AuthTypeError `unknown_auth_type`
 */
export const getAuthType = (id: string): AuthTypeSpec => {
  const authType = byId.get(id);
  if (authType === undefined) {
    throw new AuthTypeError('unknown_auth_type', id, 'it does not exist');
  }
  return authType as AuthTypeSpec;
};

/**
 * Auth mode of an auth type, `shared` for an unknown one. Use this mode instead of a stored one.
 */
export const authModeOf = (authTypeId: string): AuthMode =>
  byId.get(authTypeId)?.authMode ?? 'shared';
