export { OAuthError } from './oauth_error.ts';
export type {
  EarsClient,
  OAuthClientConfiguration,
  OAuthErrorCode,
  OAuthFailureKind,
  ProtocolIo,
  RevocationOutcome,
  StandardClient,
  TokenEndpointAuthMethod,
  TokenGrant,
} from './types.ts';
