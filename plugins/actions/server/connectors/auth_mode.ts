import { type AuthMode, authModeOf } from '@latchkey/connector-specs';

type Values = Readonly<Record<string, unknown>>;

/** The auth type of a connector: the secrets' word, else the config's copy (secrets cannot be read back), else none. */
export function authTypeOf(secrets: Values, config: Values): string {
  const named = secrets['authType'] ?? config['authType'];
  return typeof named === 'string' ? named : 'none';
}

/** Whose credentials it uses; follows from the auth type alone. */
export function authModeOfConnector(secrets: Values, config: Values): AuthMode {
  return authModeOf(authTypeOf(secrets, config));
}

/** The config with its own copy of the auth type, so that an update can tell what the connector uses. */
export function withAuthType(config: Values, secrets: Values): Values {
  const named = secrets['authType'];
  return typeof named === 'string' ? { ...config, authType: named } : config;
}
