type Values = Readonly<Record<string, unknown>>;

/**
 * Kibana's auth types of connectors whose config names one, and the auth type that sends the same. A client certificate belongs to the
 * connection, so nothing is left to send.
 */
const BY_KIBANA_NAME: Readonly<Record<string, string>> = {
  'webhook-authentication-basic': 'basic',
  'webhook-authentication-ssl': 'none',
  'webhook-oauth2-client-credentials': 'oauth_client_credentials',
};

/** The auth types that the config of Kibana's own connectors may name. */
export const KIBANA_AUTH_TYPES = [
  'webhook-authentication-basic',
  'webhook-authentication-ssl',
  'webhook-oauth2-client-credentials',
] as const;

/**
 * The auth type of a connector as it is stored: named by the secrets, else by the config (secrets cannot be read back). Kibana's own
 * connectors sign in by user name when they name none.
 */
export const authTypeOf = (secrets: Values, config: Values): string => {
  if (config['hasAuth'] === false) return 'none';
  const named = secrets['authType'] ?? config['authType'];
  if (typeof named === 'string') return BY_KIBANA_NAME[named] ?? named;
  return named === undefined && typeof secrets['user'] === 'string' ? 'basic' : 'none';
};
