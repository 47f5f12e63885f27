export { CookieJar } from './browser/cookie_jar.ts';
export type { Fault, FaultPlan } from './faults/index.ts';
export { FaultInjector } from './faults/index.ts';
export type {
  EmulatorControls,
  EmulatorServer,
  EmulatorServerOptions,
  Exchange,
} from './http/index.ts';
export { bearerOf, formOf, sendJson, startEmulatorServer } from './http/index.ts';
export type {
  Credentials,
  EndCause,
  Grant,
  GrantOwner,
  GrantRules,
  IssuedTokens,
  KnownToken,
  OAuthReply,
  PendingCode,
  Refreshed,
  RevocationReach,
  ServerRules,
  TokenKind,
} from './oauth/index.ts';
export { AuthorizationServer, credentialsOf, Grants } from './oauth/index.ts';
