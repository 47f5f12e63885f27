export { fetchAccount } from './account/fetch_account.ts';
export type { AuthorizationResponse } from './authorization/authorization_response.ts';
export { parseAuthorizationResponse } from './authorization/authorization_response.ts';
export type { AuthorizationRequest } from './authorization/authorization_url.ts';
export { buildAuthorizationUrl } from './authorization/authorization_url.ts';
export { checkIssuer } from './authorization/issuer_check.ts';
export type { PkcePair, RandomBytes } from './authorization/pkce.ts';
export { createPkcePair } from './authorization/pkce.ts';
export { refusedAuthorizationParams } from './authorization/refused_params.ts';
export type { ResponseMode } from './authorization/response_mode.ts';
export { responseModeOf } from './authorization/response_mode.ts';
export { createState } from './authorization/state.ts';
export type { ServerMetadata } from './discovery/discover_metadata.ts';
export { discoverMetadata } from './discovery/discover_metadata.ts';
export { MetadataMismatch } from './discovery/metadata_mismatch.ts';
export { type AccessTokenState, checkAccessToken } from './grants/check_access_token.ts';
export type { CodeExchange } from './grants/exchange_code.ts';
export { exchangeCode } from './grants/exchange_code.ts';
export { refreshGrant } from './grants/refresh_grant.ts';
export { requestClientCredentials } from './grants/request_client_credentials.ts';
export { OAuthError } from './oauth_error.ts';
export { parseScopes } from './responses/scopes.ts';
export { revocationEndsAllGrants } from './revocation/revocation_reach.ts';
export type { TokenToRevoke, TokenTypeHint } from './revocation/revoke_token.ts';
export { revokeToken } from './revocation/revoke_token.ts';
export type {
  AccountSource,
  EarsClient,
  IssuedTokens,
  OAuthClientConfiguration,
  OAuthErrorCode,
  OAuthFailureKind,
  ProtocolIo,
  RevocationOutcome,
  StandardClient,
  TokenEndpointAuthMethod,
  TokenGrant,
} from './types.ts';
