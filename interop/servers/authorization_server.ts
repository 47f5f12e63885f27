import type { RecordingProxy } from '../proxy/recording_proxy.ts';

/** A client registered at the server, as an administrator copies it into a connector. */
export interface OAuthApp {
  readonly clientId: string;
  readonly clientSecret: string;
}

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
  /** A resource that checks the token: the server's own userinfo endpoint (OpenID Connect Core §5.3). */
  readonly api: { readonly url: string; readonly path: string };
  readonly withdrawals: readonly Withdrawal[];
  /** Whether the last two people with this password exist there already, so that they can sign in. */
  readonly passwordOf: (account: string) => string;
  /** The account's name in the answer of {@link api}. */
  subjectOf(account: string): Promise<string>;
  /** @param redirectUris where it may send people back to */
  registerApp(redirectUris: readonly string[]): Promise<OAuthApp>;
  changeSecret(clientId: string, clientSecret: string): Promise<void>;
  /** Of access tokens issued from now on. */
  setAccessTokenSeconds(seconds: number): Promise<void>;
  /** What the server itself says of a token (RFC 7662). */
  isActive(token: string, app: OAuthApp): Promise<boolean>;
  /** Freezes its process: connections stay open and nothing is answered. */
  pause(): void;
  resume(): void;
  stop(): Promise<void>;
}
