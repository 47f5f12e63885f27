import type { RecordingProxy } from '../proxy/recording_proxy.ts';

/** A client registered at the server, as an administrator copies it into a connector. */
export interface OAuthApp {
  readonly clientId: string;
  readonly clientSecret: string;
}

/** RFC 6749 §2.3.1. */
export type ClientAuthentication = 'client_secret_basic' | 'client_secret_post';

/** RFC 7009 §2.1. */
export type TokenTypeHint = 'refresh_token' | 'access_token';

/** How a person takes back at the provider what they allowed. Every server has its own ways. */
export interface Withdrawal {
  /** Completes "… when the person …". */
  readonly what: string;
  withdraw(account: string, clientId: string): Promise<void>;
}

/** An authorization server that somebody else made, running for the tests. */
export interface AuthorizationServer {
  readonly name: string;
  /** Stands between it and everybody else; its origin is the one the server is known by. */
  readonly proxy: RecordingProxy;
  readonly issuer: string;
  /** Whether its authorization responses carry `iss` (RFC 9207). */
  readonly namesItself: boolean;
  readonly authorizationUrl: string;
  readonly tokenUrl: string;
  readonly revocationUrl: string;
  /** Space-separated; with these it issues refresh tokens. */
  readonly scope: string;
  /** With these a grant lives on when the person's session at the server has ended. */
  readonly lastingScope: string;
  /** A resource that checks the token: the server's own userinfo endpoint (OpenID Connect Core §5.3). */
  readonly api: { readonly url: string; readonly path: string };
  readonly withdrawals: readonly Withdrawal[];
  /** What its revocation endpoint ends with a refresh token: that grant, or everything the person allowed the client. */
  readonly revocationEnds: 'grant' | 'client';
  /** What a refresh token is worth that was spent in a request whose answer was lost. */
  readonly spentTokens: 'refused' | 'accepted_for_a_while';
  /** Of `ana` and of `ben`, who have accounts there. */
  readonly passwordOf: (account: string) => string;
  /** The account's name in the answer of {@link api}. */
  subjectOf(account: string): Promise<string>;
  /** Registers a client that may send people back to one address. @param method how the client proves itself; default Basic */
  registerApp(redirectUri: string, method?: ClientAuthentication): Promise<OAuthApp>;
  changeSecret(clientId: string, clientSecret: string): Promise<void>;
  /** Of access tokens issued from now on. */
  setAccessTokenSeconds(seconds: number): Promise<void>;
  /** What the server itself says of a token (RFC 7662). */
  isActive(token: string, hint: TokenTypeHint, app: OAuthApp): Promise<boolean>;
  /** Ends a person's sessions at the server, as signing out there or the end of their life does. */
  endSessions(account: string): Promise<void>;
  /** From when on, or until when, people must have allowed what a client asks for; `undefined`: not a setting of this server. */
  readonly demandConsent?: (clientId: string, isDemanded: boolean) => Promise<void>;
  /** Freezes its process: connections stay open and nothing is answered. */
  pause(): void;
  resume(): void;
  stop(): Promise<void>;
}
