export { AuditLog, type SecurityAuditEvent } from './audit_log.ts';
