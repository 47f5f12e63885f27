/**
 * The party that must act after a failure. `reauthorize`: the user must authorize again.
 * `misconfigured`: an administrator must correct a setting. `transient`: nobody, a retry may
 * succeed. A failure has exactly one kind.
 */
export type OAuthFailureKind = 'reauthorize' | 'misconfigured' | 'transient';

/** Code of a failure. Codes are part of the API: new ones may be added, but no code is renamed. */
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
  /** The metadata lists PKCE methods, and S256 is not among them. */
  | 'pkce_s256_unsupported'
  /**
   * The provider named a grant fact that the provider definition does not permit, such as another
   * host.
   */
  | 'grant_fact_refused'
  /** The provider did not name a grant fact that calls need. */
  | 'grant_fact_missing'
  /** The egress rules reject the endpoint: an administrator must allow the host or fix the URL. */
  | 'endpoint_not_allowed';

/** Tokens of a response that cannot be used as a grant. `undefined`: the response has none. */
export interface IssuedTokens {
  readonly accessToken: string | undefined;
  readonly refreshToken: string | undefined;
}

/** A failed protocol call. Safe to log: shows no token, code, secret or response body. */
export class OAuthError extends Error {
  override readonly name = 'OAuthError';
  readonly code: OAuthErrorCode;
  readonly kind: OAuthFailureKind;
  /** HTTP status of the provider. `undefined`: no response was read. */
  readonly status: number | undefined;
  /**
   * Pause that the provider asks for in `Retry-After`, in milliseconds, at most one day.
   * `undefined`: it asks for none.
   */
  readonly retryAfterMs: number | undefined;
  readonly providerRequestId: string | undefined;
  /**
   * `true`: the request may have reached the provider although no response was read, so a
   * single-use token may be spent.
   */
  readonly responseLost: boolean;
  /** Private, so that neither a log line nor JSON contains the tokens. */
  readonly #issuedTokens: IssuedTokens | undefined;

  constructor(
    code: OAuthErrorCode,
    kind: OAuthFailureKind,
    message: string,
    details: {
      readonly status?: number | undefined;
      readonly retryAfterMs?: number | undefined;
      readonly providerRequestId?: string | undefined;
      readonly responseLost?: boolean;
      readonly issuedTokens?: IssuedTokens | undefined;
    } = {},
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.code = code;
    this.kind = kind;
    this.status = details.status;
    this.retryAfterMs = details.retryAfterMs;
    this.providerRequestId = details.providerRequestId;
    this.responseLost = details.responseLost ?? false;
    this.#issuedTokens = details.issuedTokens;
  }

  /**
   * The refresh token of a response whose access token cannot be used. The refresh token that was
   * sent may be spent, so this one now carries the grant. `undefined`: the response has none. A
   * method, so that copying the properties does not copy the token.
   */
  rotatedRefreshToken(): string | undefined {
    return this.#issuedTokens?.refreshToken;
  }

  /**
   * Tokens that the provider issued although this server cannot use them. They stay valid until
   * they are revoked. `undefined`: it issued none.
   */
  issuedTokens(): IssuedTokens | undefined {
    return this.#issuedTokens;
  }
}

/** Host and port of a URL. Text that is not a URL is returned unchanged. */
export function hostWithPort(url: string): string {
  return URL.parse(url)?.host ?? url;
}

/** Host name for messages. Omits path and query: they may contain tenant names or secrets. */
export function hostOf(endpoint: string): string {
  return URL.parse(endpoint)?.hostname || 'the authorization server';
}
