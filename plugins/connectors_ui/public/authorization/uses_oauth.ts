/**
 * `true`: users connect their own account to the connector. A connector without an auth mode uses
 * one account for all users.
 */
export function usesOAuthAuthorizationCode(connector: {
  readonly auth_mode?: 'shared' | 'per-user' | undefined;
}): boolean {
  return connector.auth_mode === 'per-user';
}
