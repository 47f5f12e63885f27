export type {
  Audit,
  AuditEvent,
  AuditOutcome,
  FeatureRegistration,
  SecuritySetup,
  SecurityStart,
  UserChange,
} from './types.ts';
