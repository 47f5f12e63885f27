import { type AuthMode, authModeOf, authTypeOf } from '@latchkey/connector-specs';

type Values = Readonly<Record<string, unknown>>;

/**
 * Returns whether a connector has shared or per-user credentials. Depends only on its auth type.
 */
export function authModeOfConnector(secrets: Values, config: Values): AuthMode {
  return authModeOf(authTypeOf(secrets, config));
}

/**
 * Returns the config with a copy of the auth type, as Kibana stores it. Lists and updates read the
 * copy when the secrets are not decrypted. `none` is not copied, because a config without an auth
 * type means the same, and tools such as Terraform compare the config with the one that they sent.
 */
export function withAuthType(config: Values, secrets: Values): Values {
  const named = secrets['authType'];
  if (typeof named !== 'string') return config;
  return named === 'none' && config['authType'] === undefined
    ? config
    : { ...config, authType: named };
}
