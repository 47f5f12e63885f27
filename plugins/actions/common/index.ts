export {
  accountChangeBody,
  accountChangePath,
  decideAccountChange,
  decideOnAccountPage,
  getAccountChange,
  showAccountChange,
} from './account_change_routes.ts';
export {
  authorizationResponse,
  CALLBACK_PATH,
  CONTINUED_FIELD,
  confirmStart,
  finishAuthorization,
  finishAuthorizationByForm,
  followStartLink,
  readContinueScript,
  readResultScript,
  startLinkPath,
} from './authorization_page_routes.ts';
export {
  attemptOutcomeBody,
  cancelAuthorization,
  connectionStatusBody,
  disconnect,
  getAttemptOutcome,
  getAuthorizationStatus,
  startAuthorization,
} from './authorization_routes.ts';
export { actionsBrowserSettings } from './browser_settings.ts';
export {
  connectorFormBody,
  type FormIssue,
  formIssue,
  getConnectorForm,
  validateConnector,
} from './connector_form_routes.ts';
export {
  createConnector,
  deleteConnector,
  getConnector,
  listConnectors,
  listConnectorsInternally,
  listedConnectorBody,
  updateConnector,
} from './connector_routes.ts';
export {
  connectorSpecBody,
  connectorTypeBody,
  getConnectorSpec,
  listConnectorTypes,
  listConnectorTypesInternally,
} from './connector_type_routes.ts';
export { executeConnector } from './execute_route.ts';
export { connectorName, MAX_SHOWN } from './fields.ts';
export {
  countGrants,
  findGrants,
  GRANT_SORT_FIELDS,
  GRANT_STATES,
  listGrants,
  revokeGrant,
} from './grant_routes.ts';
export { type FailedPart, getOverview, isFailedPart, overviewBody } from './overview_route.ts';
export { MANAGE_GRANTS } from './privileges.ts';
export {
  cancelRevocationJob,
  getRevocationJob,
  listRevocationJobs,
  REVOCATION_JOBS_PATH,
  type revocationScope,
  startRevocationJob,
} from './revocation_job_routes.ts';
export { chooseSite, listSites, sitesBody } from './site_routes.ts';
export { type Actor, type ErrorCode, isErrorCode, WHO_ACTS, whoActs } from './who_acts.ts';
