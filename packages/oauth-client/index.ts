export type { AccessTokenState, Account, AccountOrigin } from './account.ts';
export { checkAccessToken, fetchAccount } from './account.ts';
export type {
  AuthorizationRequest,
  PkcePair,
  RandomBytes,
  ResponseMode,
} from './authorization_request.ts';
export {
  createPkcePair,
  createState,
  refusedAuthorizationParams,
} from './authorization_request.ts';
export type {
  AccountSource,
  ClientAssertion,
  ClientProvider,
  EarsClient,
  KnownProvider,
  OAuthClientConfiguration,
  StandardClient,
  TokenEndpointAuthMethod,
} from './client.ts';
export { clientProviderOf } from './client.ts';
export type { Dialect } from './dialect.ts';
export { dialectOf } from './dialect.ts';
export type { ServerMetadata } from './discovery.ts';
export { discoverMetadata, MetadataMismatch } from './discovery.ts';
export type { GrantFactRequest } from './grant_facts.ts';
export { completeGrantFacts } from './grant_facts.ts';
export type { IssuedTokens, OAuthErrorCode, OAuthFailureKind } from './oauth_error.ts';
export { hostWithPort, OAuthError } from './oauth_error.ts';
export type { ProtocolIo } from './protocol_io.ts';
export { containsTokenToRevoke } from './provider_request.ts';
export type {
  RevocationExchange,
  RevocationFailureCause,
  RevocationIo,
  RevocationOutcome,
  TokenToRevoke,
  TokenTypeHint,
} from './revocation.ts';
export { requestClientCredentials } from './standard_dialect.ts';
export type { CodeExchange } from './token_request.ts';
export type { TokenGrant } from './token_response.ts';
export { parseScopes } from './token_response.ts';
