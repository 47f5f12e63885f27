/**
 * Entry point for the tools in `testing/`. Exports the stack, and the parts of the plugin that a
 * tool observes, replaces or reads in the store.
 */
export type { ActionsServices } from '../build_services.ts';
export { type DecryptedConnector, lookupOf } from '../connector_data/index.ts';
export { TypeRegistry } from '../connector_types/index.ts';
export {
  CONNECTOR_SO_TYPE,
  ConnectorStore,
  connectorEncryption,
  connectorSoType,
} from '../connectors/index.ts';
export { ExecutionSlots } from '../execution/execution_slots.ts';
export type { StartedFlow } from '../oauth/flow/authorization_flow.ts';
export {
  OAUTH_RATE_LIMIT_TYPE,
  OAUTH_STATE_TYPE,
  RateLimiter,
  StateStore,
} from '../oauth/flow/index.ts';
export {
  RevocationJobAudit,
  registerRevocationJobRoutes,
} from '../oauth/mass_revocation/index.ts';
export { OrphanScan } from '../oauth/mass_revocation/orphaned_grants.ts';
export { RevocationJobStore } from '../oauth/mass_revocation/revocation_job_store.ts';
export type { endpointTrust } from '../oauth/strategies/endpoint_trust.ts';
export type { ProviderClient, ProviderClientFactory } from '../oauth/strategies/index.ts';
export { type GrantKey, grantId } from '../oauth/tokens/grants/grant_key.ts';
export {
  type GrantChanges,
  type GrantRecord,
  isFresh,
  tokenFingerprint,
} from '../oauth/tokens/grants/grant_record.ts';
export { GrantStore } from '../oauth/tokens/grants/grant_store.ts';
export {
  CONNECTOR_TOKEN_TYPE,
  type GrantEvent,
  keepAliveDate,
  OAUTH_REVOCATION_TYPE,
  oauthRevocationType,
  type RefreshPoint,
  type Tokens,
  TokenUnavailableError,
  tokenEncryption,
  USER_CONNECTOR_TOKEN_TYPE,
  userConnectorTokenType,
} from '../oauth/tokens/index.ts';
export {
  DEFAULT_REFRESH_TIMINGS,
  type RefreshTimings,
} from '../oauth/tokens/refresh/refresh_request.ts';
export { RevocationOutbox } from '../oauth/tokens/revocation/revocation_outbox.ts';
export { KeepAliveRun } from '../tasks/keep_alive.ts';
export type { ExecutionResult } from '../types.ts';
export {
  type ActionsStack,
  type ActionsStackOptions,
  createActionsStack,
  createTypeRegistry,
  parseSettings,
} from './actions_stack.ts';
export {
  type ActionsStore,
  type ActionsStoreOptions,
  openActionsStore,
  pluginTypes,
  registerActionsTypes,
  type SavedObjectsOptions,
} from './actions_store.ts';
export { aSiteConnector, atlassianSpec, salesforceSpec } from './site_specs.ts';
