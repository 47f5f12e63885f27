export { AuditLog } from './audit_log.ts';
