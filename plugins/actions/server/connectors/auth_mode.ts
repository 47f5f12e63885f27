import { type AuthMode, authModeOf, authTypeOf } from '@latchkey/connector-specs';

type Values = Readonly<Record<string, unknown>>;

/** Mode of the connector's credentials. Depends on the auth type alone. */
export function authModeOfConnector(secrets: Values, config: Values): AuthMode {
  return authModeOf(authTypeOf(secrets, config));
}

/**
 * The config with its own copy of the auth type, so that an update knows which one the connector
 * uses.
 */
export function withAuthType(config: Values, secrets: Values): Values {
  const named = secrets['authType'];
  return typeof named === 'string' ? { ...config, authType: named } : config;
}
