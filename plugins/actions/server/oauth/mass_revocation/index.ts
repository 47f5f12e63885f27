export { OAUTH_REVOCATION_JOB_TYPE } from '../tokens/index.ts';
export type { ConnectorRevocation, PreparedRevocation } from './connector_revocation.ts';
export { createMassRevocation } from './create_mass_revocation.ts';
export { type GrantRouteServices, registerGrantRoutes } from './grant_routes.ts';
export { convertLegacyJobs, legacyJobEncryption, legacyJobType } from './legacy_jobs.ts';
export type { MassRevocationService } from './mass_revocation.ts';
export type { Users } from './orphaned_grants.ts';
export type { RevocationJob, RevocationScope } from './revocation_job.ts';
export { RevocationJobAudit } from './revocation_job_audit.ts';
export { mapRevocationJobError, type RevocationJobErrorCode } from './revocation_job_error.ts';
export {
  type RevocationJobRouteServices,
  registerRevocationJobRoutes,
} from './revocation_job_routes.ts';
export { RevocationJobStore } from './revocation_job_store.ts';
export { oauthRevocationJobType, revocationJobEncryption } from './revocation_job_type.ts';
export type { SpaceJobs } from './space_jobs.ts';
