import { type Router, respond } from '@latchkey/core/server';
import { z } from 'zod';
import type { AuditLog } from '../audit/index.ts';
import { MANAGE_SECURITY } from './role.ts';
import { putRoleBody, putRoleQuery, roleAnswer, roleBody, roleParams } from './role_schemas.ts';
import type { RoleService } from './role_service.ts';
import { ROLE_TYPE } from './role_type.ts';

export interface RoleRouteDeps {
  readonly roles: RoleService;
  readonly audit: AuditLog;
}

const route = {
  access: 'public',
  tags: ['roles'],
  security: { requiredPrivileges: [MANAGE_SECURITY] },
} as const;

/** Kibana's role API. */
export function registerRoleRoutes(router: Router, deps: RoleRouteDeps): void {
  registerReads(router, deps);
  registerWrites(router, deps);
}

function registerReads(router: Router, { roles }: RoleRouteDeps): void {
  router.add(
    {
      ...route,
      method: 'get',
      path: '/api/security/role',
      summary: 'List roles',
      responses: { 200: { description: 'Roles, built-in ones first', body: z.array(roleAnswer) } },
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
      responses: { 200: { description: 'The role', body: roleAnswer } },
    },
    async ({ params }) => respond.ok(roleBody(await roles.get(params.name))),
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
      responses: { 204: { description: 'Stored' } },
    },
    async (request) => {
      const { params, query, body } = request;
      const role = {
        name: params.name,
        description: body.description,
        metadata: body.metadata ?? {},
        grants: body.kibana,
        reserved: false,
      };
      await audit.around(request, roleEvent('role_save', params.name), () =>
        roles.put(role, { createOnly: query.createOnly === 'true' }),
      );
      return respond.noContent();
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

function roleEvent(action: string, name: string) {
  return {
    action,
    message: `${action} of role [${name}]`,
    savedObject: { type: ROLE_TYPE, id: name },
  };
}
