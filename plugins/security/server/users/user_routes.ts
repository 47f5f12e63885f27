import { HttpError, type Router, respond } from '@latchkey/core/server';
import type { AuditLog } from '../audit/index.ts';
import { MANAGE_SECURITY } from '../roles/index.ts';
import { saveUserBody, userBody, userParams } from './user_schemas.ts';
import type { UserService } from './user_service.ts';
import { USER_TYPE } from './user_types.ts';

export interface UserRouteDeps {
  readonly users: UserService;
  readonly audit: AuditLog;
}

const route = {
  access: 'internal',
  tags: ['users'],
  security: { requiredPrivileges: [MANAGE_SECURITY] },
} as const;

const ONE = '/internal/security/users/{username}';

/** Kibana's user management API, without the password routes. */
export function registerUserRoutes(router: Router, deps: UserRouteDeps): void {
  registerReads(router, deps);
  registerSave(router, deps);
  registerRemoval(router, deps);
  registerSwitches(router, deps);
}

function registerReads(router: Router, { users }: UserRouteDeps): void {
  router.add(
    { ...route, method: 'get', path: '/internal/security/users', summary: 'List users' },
    async () => respond.ok((await users.list()).map(userBody)),
  );
  router.add(
    { ...route, method: 'get', path: ONE, summary: 'Get a user', validate: { params: userParams } },
    async ({ params }) => respond.ok(userBody(await users.get(params.username))),
  );
}

function registerSave(router: Router, { users, audit }: UserRouteDeps): void {
  router.add(
    {
      ...route,
      method: 'post',
      path: ONE,
      summary: 'Create or update a user',
      validate: { params: userParams, body: saveUserBody },
    },
    async (request) => {
      const { params, body } = request;
      if (body.username !== undefined && body.username !== params.username) {
        throw new HttpError(400, 'The username in the body differs from the one in the path.');
      }
      await audit.around(request, userEvent('user_save', params.username), () =>
        users.save({
          username: params.username,
          password: body.password ?? undefined,
          roles: body.roles,
          fullName: body.full_name ?? undefined,
          email: body.email ?? undefined,
          metadata: body.metadata ?? {},
          enabled: body.enabled,
        }),
      );
      return respond.ok(userBody(await users.get(params.username)));
    },
  );
}

function registerRemoval(router: Router, { users, audit }: UserRouteDeps): void {
  router.add(
    {
      ...route,
      method: 'delete',
      path: ONE,
      summary: 'Delete a user',
      validate: { params: userParams },
    },
    async (request) => {
      const { username } = request.params;
      await audit.around(request, userEvent('user_delete', username), () => users.remove(username));
      return respond.noContent();
    },
  );
}

function registerSwitches(router: Router, { users, audit }: UserRouteDeps): void {
  for (const [verb, enabled] of [
    ['enable', true],
    ['disable', false],
  ] as const) {
    router.add(
      {
        ...route,
        method: 'post',
        path: `${ONE}/_${verb}`,
        summary: `Let a user sign in: ${verb}`,
        validate: { params: userParams },
      },
      async (request) => {
        const { username } = request.params;
        await audit.around(request, userEvent(`user_${verb}`, username), () =>
          users.setEnabled(username, enabled),
        );
        return respond.noContent();
      },
    );
  }
}

function userEvent(action: string, username: string) {
  return {
    action,
    message: `${action} of user [${username}]`,
    savedObject: { type: USER_TYPE, id: username },
  };
}
