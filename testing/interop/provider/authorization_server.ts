import { randomBytes } from 'node:crypto';
import type { TestProxy } from '@latchkey/test-proxy';

/** A client registered at the server, as an administrator copies it into a connector. */
export interface OAuthApp {
  readonly clientId: string;
  readonly clientSecret: string;
}

/**
 * Creates the credentials of an app. The secret contains characters that must be encoded for Basic
 * credentials (RFC 6749 §2.3.1).
 */
export function newApp(): OAuthApp {
  const clientId = `latchkey-${randomBytes(4).toString('hex')}`;
  return { clientId, clientSecret: `dev+secret/of:${clientId} & 100%` };
}

/** Ways in which a client authenticates (RFC 6749 §2.3.1). */
export type ClientAuthentication = 'client_secret_basic' | 'client_secret_post';

/** Values of `token_type_hint` (RFC 7009 §2.1). */
export type TokenTypeHint = 'refresh_token' | 'access_token';

/** One way in which a user withdraws consent at the provider; servers differ in it. */
interface Withdrawal {
  /** Action of the user for test titles, as the end of "… when the user …". */
  readonly what: string;
  withdraw(account: string, clientId: string): Promise<void>;
}

/** A running third-party authorization server. */
export interface AuthorizationServer {
  readonly name: string;
  /** Proxy in front of the server. Its origin is the public origin of the server. */
  readonly proxy: TestProxy;
  readonly issuer: string;
  /** True when the authorization responses of the server contain `iss` (RFC 9207). */
  readonly sendsIssuer: boolean;
  readonly authorizationUrl: string;
  readonly tokenUrl: string;
  readonly revocationUrl: string;
  /** Scopes, separated by spaces, for which the server issues refresh tokens. */
  readonly scope: string;
  /**
   * Scopes, separated by spaces, with which a grant survives the end of the user's session at the
   * server.
   */
  readonly lastingScope: string;
  /** An API that checks the token: the server's userinfo endpoint (OpenID Connect Core §5.3). */
  readonly api: { readonly url: string; readonly path: string };
  readonly withdrawals: readonly Withdrawal[];
  /**
   * Grants that end when a refresh token is revoked: only its own grant, or all grants of the user
   * for the same client.
   */
  readonly revocationEnds: 'grant' | 'client';
  /**
   * Behaviour when a refresh token is sent a second time because the response to the first request
   * was lost.
   */
  readonly spentTokens: 'refused' | 'accepted_for_a_while';
  /** Returns the password of `ana` or `ben`, who have accounts at the server. */
  readonly passwordOf: (account: string) => string;
  /** Returns the name of the account in the response of {@link api}. */
  subjectOf(account: string): Promise<string>;
  /**
   * Registers a client with one redirect URI.
   * @param method client authentication; default Basic
   */
  registerApp(redirectUri: string, method?: ClientAuthentication): Promise<OAuthApp>;
  changeSecret(clientId: string, clientSecret: string): Promise<void>;
  /** Sets the lifetime of the access tokens that the server issues from now on. */
  setAccessTokenSeconds(seconds: number): Promise<void>;
  /** Returns `true` if a token is valid according to the server (RFC 7662). */
  isActive(token: string, hint: TokenTypeHint, app: OAuthApp): Promise<boolean>;
  /** Ends a user's sessions at the server, as a sign-out or their expiry does. */
  endSessions(account: string): Promise<void>;
  /**
   * Makes the server require users' consent for a client, or no longer. `undefined`: the server has
   * no such setting.
   */
  readonly requireConsent?: (clientId: string, isRequired: boolean) => Promise<void>;
  /** Freezes the server's process: connections stay open and get no response. */
  pause(): void;
  resume(): void;
  stop(): Promise<void>;
}
