import { type Router, respond } from '@latchkey/core/server';
import { z } from 'zod';
import type { AuditLog } from '../audit/index.ts';
import { registerPutRoles } from './put_roles_route.ts';
import { MANAGE_SECURITY } from './role.ts';
import { roleEvent } from './role_event.ts';
import {
  putRoleBody,
  putRoleQuery,
  queryRolesBody,
  roleBody,
  roleOf,
  roleParams,
  roleResponse,
} from './role_schemas.ts';
import type { RoleService } from './role_service.ts';
import { selectRoles } from './select_roles.ts';
import { warningHeader } from './warning_header.ts';

export interface RoleRouteDeps {
  readonly roles: RoleService;
  readonly audit: AuditLog;
}

const route = {
  access: 'public',
  tags: ['roles'],
  security: { requiredPrivileges: [MANAGE_SECURITY] },
} as const;

const queryRolesResponse = z.object({
  roles: z.array(roleResponse),
  count: z.number(),
  total: z.number(),
});

/** Kibana's role API. */
export function registerRoleRoutes(router: Router, deps: RoleRouteDeps): void {
  registerReads(router, deps);
  registerWrites(router, deps);
  registerPutRoles(router, deps);
}

function registerReads(router: Router, { roles }: RoleRouteDeps): void {
  router.add(
    {
      ...route,
      method: 'get',
      path: '/api/security/role',
      summary: 'List roles',
      responses: {
        200: { description: 'Roles, built-in ones first', body: z.array(roleResponse) },
      },
    },
    async () => respond.ok((await roles.list()).map(roleBody)),
  );
  router.add(
    {
      ...route,
      method: 'get',
      path: '/api/security/role/{name}',
      summary: 'Get a role',
      validate: { params: roleParams },
      responses: { 200: { description: 'The role', body: roleResponse } },
    },
    async ({ params }) => respond.ok(roleBody(await roles.get(params.name))),
  );
  router.add(
    {
      ...route,
      method: 'post',
      path: '/api/security/role/_query',
      summary: 'Search roles',
      validate: { body: queryRolesBody },
      responses: { 200: { description: 'A page of roles', body: queryRolesResponse } },
    },
    async ({ body }) => {
      const found = selectRoles(await roles.list(), body);
      const page = found.slice(body.from, body.from + body.size);
      return respond.ok({ roles: page.map(roleBody), count: page.length, total: found.length });
    },
  );
}

function registerWrites(router: Router, { roles, audit }: RoleRouteDeps): void {
  router.add(
    {
      ...route,
      method: 'put',
      path: '/api/security/role/{name}',
      summary: 'Create or replace a role',
      validate: { params: roleParams, query: putRoleQuery, body: putRoleBody },
      responses: {
        204: { description: 'Stored; the header `warning` names features that do not exist here' },
      },
    },
    async (request) => {
      const { params, query, body } = request;
      const role = roleOf(params.name, body);
      const warnings = await audit.around(request, roleEvent('role_save', params.name), () =>
        roles.put(role, { createOnly: query.createOnly === 'true' }),
      );
      const headers = warnings.length === 0 ? {} : { warning: warningHeader(warnings) };
      return respond.noContent({ headers });
    },
  );
  router.add(
    {
      ...route,
      method: 'delete',
      path: '/api/security/role/{name}',
      summary: 'Delete a role',
      validate: { params: roleParams },
      responses: { 204: { description: 'Deleted' } },
    },
    async (request) => {
      const { name } = request.params;
      await audit.around(request, roleEvent('role_delete', name), () => roles.remove(name));
      return respond.noContent();
    },
  );
}
