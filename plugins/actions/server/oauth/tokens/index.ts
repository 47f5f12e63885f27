export type {
  AccountChange,
  AccountHold,
  DecidedAccountChange,
  ReleasedRevocation,
} from './account_change.ts';
export { BoundedPool } from './bounded_pool.ts';
export { CircuitBreaker } from './circuit_breaker.ts';
export type { ConnectionStatus, ConnectionView } from './connections/connection_view.ts';
export type { Connections } from './connections/connections.ts';
export { createTokens, type Tokens } from './create_tokens.ts';
export type { GrantService } from './grant_contract.ts';
export type { GrantEvent, GrantEvents, RevokeReason } from './grants/grant_events.ts';
export { type GrantRecord, isUsable } from './grants/grant_record.ts';
export type { GrantStore, UsableGrants } from './grants/grant_store.ts';
export { keepAliveDate } from './grants/keep_alive_date.ts';
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
export type { RefreshPoint, RefreshTimings } from './refresh/refresh_request.ts';
export type { ClientResolver, RevocationClient } from './revocation/client_resolver.ts';
export {
  FormerClients,
  formerClientAttributes,
  OAUTH_REVOCATION_JOB_TYPE,
  toFormerClient,
} from './revocation/former_clients.ts';
export type { GrantRevoker } from './revocation/grant_revoker.ts';
export type { RevocationOutbox } from './revocation/revocation_outbox.ts';
export type { RevocationFinished, RevocationResult } from './revocation/revocation_results.ts';
export {
  OAUTH_REVOCATION_TYPE,
  oauthRevocationType,
  revocationEncryption,
} from './revocation/revocation_type.ts';
export type {
  RejectedToken,
  RejectionEvidence,
  TokenService,
  UsableToken,
} from './token_contract.ts';
export { TokenUnavailableError } from './token_errors.ts';
