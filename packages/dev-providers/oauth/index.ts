export type { OAuthReply, PendingCode, ServerRules } from './authorization_server.ts';
export { AuthorizationServer } from './authorization_server.ts';
export type { Credentials } from './credentials.ts';
export { challengeOf, credentialsOf, isSameSecret } from './credentials.ts';
export type {
  EndCause,
  Grant,
  GrantOwner,
  GrantRules,
  IssuedTokens,
  KnownToken,
  Refreshed,
  RevocationReach,
  TokenKind,
} from './grants.ts';
export { Grants } from './grants.ts';
export { OneTimeValues, randomValue } from './one_time_values.ts';
