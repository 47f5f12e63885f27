import { parseScopes } from '@latchkey/oauth-client';
import type { FormIssue } from '../../common/index.ts';

/** Scope that asks for a refresh token (OpenID Connect Core §11). */
export const OFFLINE_ACCESS = 'offline_access';

/** Returns `true` if a scope is one of the space-separated scopes. */
export const asksForScope = (scopes: unknown, scope: string): boolean =>
  typeof scopes === 'string' && (parseScopes(scopes) ?? []).includes(scope);

/**
 * Warning about an app that could ask for a refresh token and does not.
 * @param scope that asks for it
 */
export const offlineScopeMissing = (scope: string): FormIssue => ({
  path: 'secrets.scope',
  code: 'offline_scope_missing',
  message: `The provider offers ${scope}. Without this scope users may have to connect again each time the access token expires.`,
  params: { scope },
});
