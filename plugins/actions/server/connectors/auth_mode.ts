import { type AuthMode, authModeOf, authTypeOf } from '@latchkey/connector-specs';

type Values = Readonly<Record<string, unknown>>;

/**
 * Returns whether a connector has shared or per-user credentials. Depends only on its auth type.
 */
export function authModeOfConnector(secrets: Values, config: Values): AuthMode {
  return authModeOf(authTypeOf(secrets, config));
}

/**
 * Returns the config with a copy of the auth type. Lists and updates read the copy when the secrets
 * are not decrypted.
 */
export function withAuthType(config: Values, secrets: Values): Values {
  const named = secrets['authType'];
  return typeof named === 'string' ? { ...config, authType: named } : config;
}
