import { randomBytes } from 'node:crypto';
import type { TestProxy } from '@latchkey/test-proxy';

/** A client registered at the server, as an administrator copies it into a connector. */
export interface OAuthApp {
  readonly clientId: string;
  readonly clientSecret: string;
}

/**
 * Creates an app whose secret contains characters that must be encoded for Basic credentials (RFC
 * 6749 §2.3.1).
 */
export function newApp(): OAuthApp {
  const clientId = `latchkey-${randomBytes(4).toString('hex')}`;
  return { clientId, clientSecret: `dev+secret/of:${clientId} & 100%` };
}

/** RFC 6749 §2.3.1. */
export type ClientAuthentication = 'client_secret_basic' | 'client_secret_post';

/** RFC 7009 §2.1. */
export type TokenTypeHint = 'refresh_token' | 'access_token';

/** Withdrawal of consent by a user at the provider, which differs between servers. */
interface Withdrawal {
  /** Action of the user, as the end of a test title: "… when the user …". */
  readonly what: string;
  withdraw(account: string, clientId: string): Promise<void>;
}

/** A running third-party authorization server. */
export interface AuthorizationServer {
  readonly name: string;
  /** Proxy in front of the server; its origin is the server's public one. */
  readonly proxy: TestProxy;
  readonly issuer: string;
  /** True when the authorization responses of the server contain `iss` (RFC 9207). */
  readonly sendsIssuer: boolean;
  readonly authorizationUrl: string;
  readonly tokenUrl: string;
  readonly revocationUrl: string;
  /** Space-separated; the server issues refresh tokens for these scopes. */
  readonly scope: string;
  /** Scopes whose grant survives the end of the user's session at the server. */
  readonly lastingScope: string;
  /**
   * A resource that checks the token: the server's userinfo endpoint (OpenID Connect Core §5.3).
   */
  readonly api: { readonly url: string; readonly path: string };
  readonly withdrawals: readonly Withdrawal[];
  /**
   * Extent of the revocation of a refresh token: its grant, or all grants of the user for the
   * client.
   */
  readonly revocationEnds: 'grant' | 'client';
  /** Treatment of a refresh token that was spent in a request whose response was lost. */
  readonly spentTokens: 'refused' | 'accepted_for_a_while';
  /** Password of `ana` or `ben`, who have accounts there. */
  readonly passwordOf: (account: string) => string;
  /** The account's name in the response of {@link api}. */
  subjectOf(account: string): Promise<string>;
  /**
   * Registers a client with one redirect URI.
   * @param method client authentication; default Basic
   */
  registerApp(redirectUri: string, method?: ClientAuthentication): Promise<OAuthApp>;
  changeSecret(clientId: string, clientSecret: string): Promise<void>;
  /** Lifetime of access tokens issued from now on. */
  setAccessTokenSeconds(seconds: number): Promise<void>;
  /** State of a token according to the server (RFC 7662). */
  isActive(token: string, hint: TokenTypeHint, app: OAuthApp): Promise<boolean>;
  /** Ends a user's sessions at the server, as signing out or their expiry does. */
  endSessions(account: string): Promise<void>;
  /**
   * Starts or stops to require users' consent for a client; `undefined`: the server has no such
   * setting.
   */
  readonly requireConsent?: (clientId: string, isRequired: boolean) => Promise<void>;
  /** Freezes the server's process: connections stay open and get no response. */
  pause(): void;
  resume(): void;
  stop(): Promise<void>;
}
