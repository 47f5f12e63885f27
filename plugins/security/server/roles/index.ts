export { Authorizer } from './authorizer.ts';
export { MANAGE_SECURITY, type Role, SUPERUSER } from './role.ts';
export { registerRoleRoutes } from './role_routes.ts';
export { RoleService } from './role_service.ts';
export { RoleStore } from './role_store.ts';
export { ROLE_TYPE, roleType } from './role_type.ts';
