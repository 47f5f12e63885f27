import { chooseLanguage, type Router, respond } from '@latchkey/core/server';
import {
  deleteRole,
  getRole,
  listRoles,
  listRolesForPages,
  putRole,
  queryRoles,
} from '../../common/index.ts';
import type { AuditLog } from '../audit/index.ts';
import { localizeRole } from './built_in_roles.ts';
import { registerPutRoles } from './put_roles_route.ts';
import { roleBody, roleOf } from './role_body.ts';
import { roleEvent } from './role_event.ts';
import type { RoleService } from './role_service.ts';
import { selectRoles } from './select_roles.ts';
import { warningHeader } from './warning_header.ts';

/** Services that the handlers of these routes call. */
export interface RoleRouteServices {
  readonly roles: RoleService;
  readonly audit: AuditLog;
}

/** Registers Kibana's role API. */
export function registerRoleRoutes(router: Router<RoleRouteServices>): void {
  router.handle(listRoles, async (_, { roles }) => respond.ok((await roles.list()).map(roleBody)));
  router.handle(listRolesForPages, async ({ headers }, { roles }) => {
    const language = chooseLanguage(headers['accept-language']);
    const list = (await roles.list()).map((role) => localizeRole(role, language));
    return respond.ok(
      list.map((role) => ({
        ...roleBody(role),
        ...(role.version === undefined ? {} : { version: role.version }),
      })),
    );
  });
  router.handle(getRole, async ({ params }, { roles }) =>
    respond.ok(roleBody(await roles.get(params.name))),
  );
  router.handle(queryRoles, async ({ body }, { roles }) => {
    const found = selectRoles(await roles.list(), body);
    const page = found.slice(body.from, body.from + body.size);
    return respond.ok({ roles: page.map(roleBody), count: page.length, total: found.length });
  });
  router.handle(putRole, async (request, { roles, audit }) => {
    const { params, query, body } = request;
    const role = roleOf(params.name, body);
    const warnings = await audit.around(request, roleEvent('role_save', params.name), () =>
      roles.put(role, { createOnly: query.createOnly === 'true', version: query.version }),
    );
    const headers = warnings.length === 0 ? {} : { warning: warningHeader(warnings) };
    return respond.noContent({ headers });
  });
  router.handle(deleteRole, async (request, { roles, audit }) => {
    const { name } = request.params;
    await audit.around(request, roleEvent('role_delete', name), () => roles.remove(name));
    return respond.noContent();
  });
  registerPutRoles(router);
}
