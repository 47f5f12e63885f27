type Values = Readonly<Record<string, unknown>>;

/**
 * Maps auth types in the config of Kibana's connectors to the auth types that send the same
 * credentials. A client certificate belongs to the connection, so its auth type sends nothing.
 */
const BY_KIBANA_NAME: ReadonlyMap<string, string> = new Map([
  ['webhook-authentication-basic', 'basic'],
  ['webhook-authentication-ssl', 'none'],
  ['webhook-oauth2-client-credentials', 'oauth_client_credentials'],
]);

/**
 * Returns `true` if the connector has client credentials in the form of Kibana. That form has no
 * setting for client authentication: Kibana sends id and secret in the body of the token request.
 */
export const sendsClientSecretInBody = (config: Values): boolean =>
  config['authType'] === 'webhook-oauth2-client-credentials';

/** Auth types that the config of Kibana's connectors may name. */
export const KIBANA_AUTH_TYPES = [
  'webhook-authentication-basic',
  'webhook-authentication-ssl',
  'webhook-oauth2-client-credentials',
] as const;

/**
 * Auth type of a stored connector: named by the secrets, else by the config (secrets cannot be read
 * back). Kibana's connectors with a user name and no named auth type use Basic.
 */
export const authTypeOf = (secrets: Values, config: Values): string => {
  if (config['hasAuth'] === false) return 'none';
  const named = secrets['authType'] ?? config['authType'];
  if (typeof named === 'string') return BY_KIBANA_NAME.get(named) ?? named;
  return named === undefined && typeof secrets['user'] === 'string' ? 'basic' : 'none';
};
