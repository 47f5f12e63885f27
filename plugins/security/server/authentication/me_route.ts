import { HttpError, type Router, respond } from '@latchkey/core/server';
import type { Authorizer } from '../roles/index.ts';
import type { UserService } from '../users/index.ts';

export interface MeRouteDeps {
  readonly users: Pick<UserService, 'get'>;
  readonly authorizer: Pick<Authorizer, 'heldPrivileges'>;
}

/** Who am I, in Kibana's words, plus what I may do in the space of the request. */
export function registerMeRoute(router: Router, { users, authorizer }: MeRouteDeps): void {
  router.add(
    {
      method: 'get',
      path: '/internal/security/me',
      access: 'internal',
      summary: 'Get the signed-in user',
    },
    async (request) => {
      const { user } = request;
      if (user === undefined) throw new HttpError(401, 'Sign in first.');
      const stored = await users.get(user.username);
      const realm = { name: 'native', type: 'native' };
      return respond.ok({
        username: user.username,
        roles: user.roles,
        full_name: user.fullName ?? null,
        email: user.email ?? null,
        metadata: stored.metadata,
        enabled: stored.enabled,
        authentication_realm: realm,
        lookup_realm: realm,
        authentication_provider: { type: 'basic', name: 'basic' },
        authentication_type: user.authenticationType === 'api_key' ? 'api_key' : 'realm',
        ...(user.apiKeyId === undefined ? {} : { api_key: { id: user.apiKeyId } }),
        profile_uid: user.profileUid,
        elastic_cloud_user: false,
        privileges: await authorizer.heldPrivileges(request),
      });
    },
  );
}
