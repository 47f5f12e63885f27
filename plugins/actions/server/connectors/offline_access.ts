import { parseScopes } from '@latchkey/oauth-client';
import type { FormIssue } from '../../common/index.ts';

/** Scope with which apps request a refresh token (OpenID Connect Core §11). */
export const OFFLINE_ACCESS = 'offline_access';

/** Returns `true` if the space-separated `scopes` contain `scope`. */
export const asksForScope = (scopes: unknown, scope: string): boolean =>
  typeof scopes === 'string' && (parseScopes(scopes) ?? []).includes(scope);

/**
 * Warning about an app that does not request refresh tokens although the provider offers them.
 * @param scope scope with which an app requests refresh tokens
 */
export const offlineScopeMissing = (scope: string): FormIssue => ({
  path: 'secrets.scope',
  code: 'offline_scope_missing',
  message: `The provider offers ${scope}. Without this scope users may have to connect again each time the access token expires.`,
  params: { scope },
});
