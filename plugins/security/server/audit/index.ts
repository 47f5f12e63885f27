export { AuditLog } from './audit_log.ts';
export { createAuditLogger } from './audit_logger.ts';
