import { parseScopes } from '@latchkey/oauth-client';
import type { FormIssue } from '../../common/index.ts';

/** Scope that asks for a refresh token (OpenID Connect Core §11). */
export const OFFLINE_ACCESS = 'offline_access';

/** Returns `true` if the space-separated scopes contain `offline_access`. */
export const asksForOfflineAccess = (scope: unknown): boolean =>
  typeof scope === 'string' && (parseScopes(scope) ?? []).includes(OFFLINE_ACCESS);

/** Warning about an app that could ask for a refresh token and does not. */
export const OFFLINE_SCOPE_MISSING: FormIssue = {
  path: 'secrets.scope',
  code: 'offline_scope_missing',
  message:
    'The provider offers offline_access. Without this scope users may have to connect again each time the access token expires.',
};
