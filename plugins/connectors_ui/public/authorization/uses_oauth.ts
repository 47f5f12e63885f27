/**
 * `true`: each user connects an own account to the connector. A connector without an auth mode uses
 * one account for all users.
 *
 * Kibana's `checkOAuthAuthCode` also reads the auth type in the config, because its older
 * connectors have no auth mode; here the server derives the mode of every connector from the auth
 * type. Kibana returns `false` for preconfigured connectors, which its users cannot authorize; here
 * they can, with the operator's client, so they count as any other connector.
 */
export function usesOAuthAuthorizationCode(
  connector: { readonly auth_mode?: 'shared' | 'per-user' | undefined } | undefined,
): boolean {
  return connector?.auth_mode === 'per-user';
}
