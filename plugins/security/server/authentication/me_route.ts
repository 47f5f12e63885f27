import { HttpError, type Router, respond } from '@latchkey/core/server';
import { getMe } from '../../common/index.ts';
import type { Authorizer } from '../roles/index.ts';
import type { UserService } from '../users/index.ts';

/** Services of the route about the signed-in user. */
export interface MeRouteServices {
  readonly users: Pick<UserService, 'get'>;
  readonly authorizer: Pick<Authorizer, 'heldPrivileges'>;
}

/**
 * Registers the route that returns the signed-in user with the privileges in the space of the
 * request.
 */
export function registerMeRoute(router: Router<MeRouteServices>): void {
  router.handle(getMe, async (request, { users, authorizer }) => {
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
  });
}
