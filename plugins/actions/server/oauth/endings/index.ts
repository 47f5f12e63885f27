export type { ConnectorEndings, PreparedEnding } from './connector_endings.ts';
export { createEndings } from './create_endings.ts';
export { EndingAudit } from './ending_audit.ts';
export { type EndingErrorCode, mapEndingError } from './ending_error.ts';
export {
  type EndingRoutesDeps,
  MANAGE_GRANTS,
  RUNS_PATH,
  registerEndingRoutes,
} from './ending_routes.ts';
export type { EndingRun, EndingScope } from './ending_run.ts';
export { EndingStore } from './ending_store.ts';
export { endingEncryption, OAUTH_ENDING_TYPE, oauthEndingType } from './ending_type.ts';
export type { Endings } from './endings.ts';
export { type GrantRoutesDeps, registerGrantRoutes } from './grant_routes.ts';
export type { People } from './leavers.ts';
export type { SpaceRuns } from './space_runs.ts';
