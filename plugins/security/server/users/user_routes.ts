import { HttpError, type Router, respond } from '@latchkey/core/server';
import {
  deleteUser,
  disableUser,
  enableUser,
  getUser,
  listUsers,
  queryUsers,
  saveUser,
} from '../../common/index.ts';
import type { AuditLog } from '../audit/index.ts';
import { accountVersion } from './account_version.ts';
import type { ProfileStore } from './profile_store.ts';
import type { User } from './user.ts';
import type { UserService } from './user_service.ts';
import { USER_TYPE } from './user_types.ts';

/** Services that the handlers of these routes call. */
export interface UserRouteServices {
  readonly users: UserService;
  readonly profiles: Pick<ProfileStore, 'lastLoginsOf'>;
  readonly audit: AuditLog;
}

/** Registers Kibana's user management API, except the routes for passwords. */
export function registerUserRoutes(router: Router<UserRouteServices>): void {
  router.handle(listUsers, async (_, { users }) => respond.ok((await users.list()).map(userBody)));
  router.handle(queryUsers, async ({ query }, { users, profiles }) => {
    const { search = '', page, per_page } = query;
    const found = (await users.list()).filter((user) => matches(user, search));
    const listed = found.slice((page - 1) * per_page, page * per_page);
    const logins = await profiles.lastLoginsOf(listed.map(({ profileUid }) => profileUid));
    return respond.ok({
      users: listed.map((user) => ({
        ...versionedBody(user),
        last_login: logins.get(user.profileUid)?.toISOString() ?? null,
      })),
      ...{ total: found.length, page, per_page },
    });
  });
  router.handle(getUser, async ({ params }, { users }) =>
    respond.ok(versionedBody(await users.get(params.username))),
  );
  router.handle(saveUser, async (request, { users, audit }) => {
    const { params, body, query } = request;
    if (body.username !== undefined && body.username !== params.username) {
      throw new HttpError(400, 'The username in the body differs from the one in the path.');
    }
    const user = {
      username: params.username,
      password: body.password ?? undefined,
      roles: body.roles,
      fullName: body.full_name ?? undefined,
      email: body.email ?? undefined,
      metadata: body.metadata ?? {},
      enabled: body.enabled,
    };
    await audit.around(request, userEvent('user_save', params.username), () =>
      query.createOnly ? users.create(user) : users.save(user, { version: query.version }),
    );
    return respond.ok(userBody(await users.get(params.username)));
  });
  router.handle(deleteUser, async (request, { users, audit }) => {
    const { username } = request.params;
    await audit.around(request, userEvent('user_delete', username), () => users.remove(username));
    return respond.noContent();
  });
  for (const [route, action, enabled] of [
    [enableUser, 'user_enable', true],
    [disableUser, 'user_disable', false],
  ] as const) {
    router.handle(route, async (request, { users, audit }) => {
      const { username } = request.params;
      await audit.around(request, userEvent(action, username), () =>
        users.setEnabled(username, enabled),
      );
      return respond.noContent();
    });
  }
}

function matches({ username, fullName = '', email = '' }: User, search: string): boolean {
  const text = search.trim().toLowerCase();
  return [username, fullName, email].some((field) => field.toLowerCase().includes(text));
}

/** Converts a user to Kibana's format. */
function userBody(user: User) {
  return {
    username: user.username,
    roles: user.roles,
    full_name: user.fullName ?? null,
    email: user.email ?? null,
    metadata: user.metadata,
    enabled: user.enabled,
    profile_uid: user.profileUid,
  };
}

const versionedBody = (user: User) => ({ ...userBody(user), version: accountVersion(user) });

function userEvent(action: string, username: string) {
  return {
    action,
    message: `${action} of user [${username}]`,
    savedObject: { type: USER_TYPE, id: username },
  };
}
