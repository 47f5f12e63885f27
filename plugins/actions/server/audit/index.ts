export { ACTIONS_PRIVILEGES, AccessControl } from './access_control.ts';
export { auditCodeOf } from './audit_code.ts';
export { executeAccess } from './execute_access.ts';
export { narrowPrincipal } from './narrow_principal.ts';
