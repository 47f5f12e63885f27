export { BoundedPool } from './bounded_pool.ts';
export type { ConnectorProblem } from './connector_problems.ts';
export {
  CONNECTOR_PROBLEM_TYPE,
  ConnectorProblems,
  connectorProblemType,
} from './connector_problems.ts';
export { createTokens, type Tokens } from './create_tokens.ts';
export type { EndingLinks, RevocationFate, Revoker } from './ending_links.ts';
export type { EndOutcome, EndRequest, GrantEnder } from './grant_ender.ts';
export type { GrantEvent, GrantEvents } from './grant_events.ts';
export { type GrantRecord, isUsable } from './grant_record.ts';
export type { GrantStore, UsableGrants } from './grant_store.ts';
export { keepAliveDate } from './keep_alive_date.ts';
export type { RefreshPoint, RefreshTimings } from './refresh_request.ts';
export type { RevocationOutbox } from './revocation_outbox.ts';
export {
  OAUTH_REVOCATION_TYPE,
  oauthRevocationType,
  revocationEncryption,
} from './revocation_type.ts';
export type { TokenUnavailableCode } from './token_errors.ts';
export { TokenUnavailableError } from './token_errors.ts';
export {
  CONNECTOR_TOKEN_TYPE,
  connectorTokenType,
  tokenEncryption,
  USER_CONNECTOR_TOKEN_TYPE,
  userConnectorTokenType,
} from './token_types.ts';
