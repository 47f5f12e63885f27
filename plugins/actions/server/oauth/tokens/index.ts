export type {
  AccountChangeService,
  DecidedAccountChange,
  ReleasedRevocation,
} from './account_change_service.ts';
export type {
  ConnectionStatus,
  ConnectionView,
  ScopeTexts,
} from './connections/connection_view.ts';
export type { AuthorizationState, Connections } from './connections/connections.ts';
export {
  ATTENTION_REASONS,
  attentionOf,
  nextStepOf,
} from './connections/next_step.ts';
export { createTokens, type Tokens } from './create_tokens.ts';
export type { GrantService, SavedConnection } from './grant_service.ts';
export type { AccountChange, AccountHold } from './grants/account_change.ts';
export { createGrantEvents } from './grants/grant_audit.ts';
export type { GrantEvent, GrantEvents, RevokeReason } from './grants/grant_events.ts';
export { type GrantRecord, isUsable } from './grants/grant_record.ts';
export type { UsableGrants } from './grants/grant_selection.ts';
export type { GrantStore } from './grants/grant_store.ts';
export { keepAliveDate } from './grants/keep_alive_date.ts';
export {
  authorizationError,
  missingKeyError,
  OutdatedClientError,
  TokenUnavailableError,
  UnconfirmedGrantError,
} from './grants/token_errors.ts';
export {
  CONNECTOR_TOKEN_TYPE,
  connectorTokenType,
  tokenEncryption,
  USER_CONNECTOR_TOKEN_TYPE,
  userConnectorTokenType,
} from './grants/token_types.ts';
export {
  ConnectorHealth,
  connectorProblemType,
} from './refresh/connector_health.ts';
export type { RefreshPoint, RefreshTimings, RejectionEvidence } from './refresh/refresh_request.ts';
export type { ClientResolver, RevocationClient } from './revocation/client_resolver.ts';
export {
  FormerClients,
  formerClientAttributes,
  OAUTH_REVOCATION_JOB_TYPE,
  toFormerClient,
} from './revocation/former_clients.ts';
export type { EndedGrantRevocation, GrantRevoker } from './revocation/grant_revoker.ts';
export type { RevocationOutbox } from './revocation/revocation_outbox.ts';
export type { RevocationFinished, RevocationResult } from './revocation/revocation_results.ts';
export {
  OAUTH_REVOCATION_TYPE,
  oauthRevocationType,
  revocationEncryption,
} from './revocation/revocation_type.ts';
export { SaveAttempts } from './save_attempts.ts';
export type { SiteService } from './site_service.ts';
export type { RejectedToken, TokenService, UsableToken } from './token_service.ts';
export type { UncheckedGrant, UncheckedGrants } from './unchecked_grants.ts';
