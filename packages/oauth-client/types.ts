/** How the client proves itself at the token endpoint (RFC 6749 §2.3). */
export type TokenEndpointAuthMethod = 'client_secret_basic' | 'client_secret_post' | 'none';

/** An authorization server spoken to in standard OAuth 2.0. JSON, so that it can be stored (encrypted) with a pending revocation. */
export interface StandardClient {
  readonly dialect: 'standard';
  readonly authorizationEndpoint: string;
  readonly tokenEndpoint: string;
  /** RFC 7009. `undefined`: the provider has none, grants can only be forgotten. */
  readonly revocationEndpoint?: string | undefined;
  /**
   * The source that confirms a revocation endpoint off the origin of the token endpoint. Not used
   * here; stored for the caller.
   */
  readonly revocationVoucher?: 'connector_type' | 'issuer' | 'operator' | undefined;
  /** When known, a response with another `iss` is refused (RFC 9207). */
  readonly issuer?: string | undefined;
  /** The metadata promised `iss` in every response: a missing one is refused too. */
  readonly issuerRequiredInResponse?: boolean | undefined;
  readonly clientId: string;
  readonly clientSecret?: string | undefined;
  readonly tokenEndpointAuthMethod: TokenEndpointAuthMethod;
  /** Space-separated. */
  readonly scope?: string | undefined;
  /** Name of the scope parameter in the authorization URL; default `scope` (Slack: `user_scope`). */
  readonly scopeParamName?: string | undefined;
  /** Dotted paths into a non-standard token response. */
  readonly accessTokenPath?: string | undefined;
  readonly tokenTypePath?: string | undefined;
  /**
   * Endpoint that returns the account of an access token: OpenID Connect Core §5.3, or one of the
   * provider's API. Access tokens are sent there.
   */
  readonly userinfoEndpoint?: string | undefined;
  /**
   * Dotted path to the id of the account, in the token response or in the response of
   * `userinfoEndpoint`.
   */
  readonly accountIdPath?: string | undefined;
  /** Dotted path to the display name of the account; default: the id. */
  readonly accountLabelPath?: string | undefined;
  /** Literal token type, whatever the response says. */
  readonly tokenType?: string | undefined;
  /** Extra fields of every token request. */
  readonly additionalFields?: Readonly<Record<string, string>> | undefined;
}

/** Where the provider names the account of an access token, and how. */
export type AccountSource = Pick<
  StandardClient,
  'userinfoEndpoint' | 'accountIdPath' | 'accountLabelPath'
>;

/** EARS: a redirect service that owns the OAuth app (`reference/actions-server.md` §6). */
export interface EarsClient {
  readonly dialect: 'ears';
  /** `xpack.actions.auth.ears.url`, without a trailing slash. */
  readonly baseUrl: string;
  readonly provider: 'google' | 'microsoft' | 'slack';
  readonly scope?: string | undefined;
}

/** Who asks which provider, in one of the two dialects. */
export type OAuthClientConfiguration = StandardClient | EarsClient;

/** What the outside world lends to one protocol call. */
export interface ProtocolIo {
  /** Must refuse redirects and bound body and time; `Egress.fetch` does. */
  readonly fetch: (
    url: string,
    init: { method: string; headers: Record<string, string>; body?: string; signal?: AbortSignal },
  ) => Promise<Response>;
  readonly now: () => Date;
  readonly signal?: AbortSignal | undefined;
}

/** Tokens as a provider gave them, in our words (RFC 6749 §5.1). */
export interface TokenGrant {
  readonly accessToken: string;
  /** `Bearer` in that spelling, or the literal the provider's entry declares. */
  readonly tokenType: string;
  /** `undefined`: none came; on a refresh the old one stays valid (RFC 6749 §6). */
  readonly refreshToken: string | undefined;
  /** Seconds from `receivedAt`. `undefined`: not said, or not a sane number. */
  readonly lifetimeSeconds: number | undefined;
  readonly refreshTokenLifetimeSeconds: number | undefined;
  /** As granted; `undefined` when the answer has no `scope`, which means: as asked for. */
  readonly scopes: readonly string[] | undefined;
  /**
   * From the token response or the userinfo endpoint. Not verified beyond TLS. Distinguishes
   * accounts and is displayed; never a proof of identity. `undefined`: unknown.
   */
  readonly account: { readonly id: string; readonly label: string } | undefined;
  readonly receivedAt: Date;
  /** For support; `undefined` when the provider sent none. */
  readonly providerRequestId: string | undefined;
}

/** Tokens of a response that cannot be used, without their properties. */
export interface IssuedTokens {
  readonly accessToken: string | undefined;
  readonly refreshToken: string | undefined;
}

/**
 * Whose turn it is after a failure. `reauthorize`: the person must authorize again. `misconfigured`: an administrator must act.
 * `transient`: it will pass. They never mix.
 */
export type OAuthFailureKind = 'reauthorize' | 'misconfigured' | 'transient';

/** Codes are public: added, never renamed. */
export type OAuthErrorCode =
  | 'invalid_grant'
  | 'invalid_client'
  | 'invalid_request'
  | 'invalid_scope'
  | 'access_denied'
  | 'provider_error'
  | 'provider_unavailable'
  | 'rate_limited'
  | 'network'
  | 'timeout'
  | 'malformed_response'
  | 'unsupported_token_type'
  | 'issuer_mismatch'
  | 'issuer_missing'
  | 'redirected'
  /** The metadata lists proof key methods, and S256 is not among them. */
  | 'proof_key_unsupported'
  /** The outbound rules refused the endpoint: an administrator must allow the host or correct the URL. */
  | 'endpoint_not_allowed';

/** What became of one token at the revocation endpoint. */
export type RevocationOutcome = 'revoked' | 'unsupported' | 'failed_transient' | 'failed_permanent';
