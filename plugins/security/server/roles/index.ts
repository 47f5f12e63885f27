export { Authorizer } from './authorizer.ts';
export { SUPERUSER } from './role.ts';
export { registerRoleRoutes } from './role_routes.ts';
export { RoleService } from './role_service.ts';
export { RoleStore } from './role_store.ts';
export { roleType } from './role_type.ts';
