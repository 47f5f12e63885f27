import type { IssuedTokens, OAuthErrorCode, OAuthFailureKind } from './types.ts';

/** A failed protocol call. Safe to log: shows no token, code, secret or response body. */
export class OAuthError extends Error {
  override readonly name = 'OAuthError';
  readonly code: OAuthErrorCode;
  readonly kind: OAuthFailureKind;
  /** HTTP status of the provider; `undefined` when there was no answer. */
  readonly status: number | undefined;
  /** From `Retry-After`, in milliseconds, bounded to one day. */
  readonly retryAfterMs: number | undefined;
  readonly providerRequestId: string | undefined;
  /**
   * `true` when the request may have reached the provider although no answer was read: a single-use token may be spent.
   */
  readonly answerLost: boolean;
  /** Private, so that neither a log nor JSON shows them. */
  readonly #issuedTokens: IssuedTokens | undefined;

  constructor(
    code: OAuthErrorCode,
    kind: OAuthFailureKind,
    message: string,
    details: {
      readonly status?: number | undefined;
      readonly retryAfterMs?: number | undefined;
      readonly providerRequestId?: string | undefined;
      readonly answerLost?: boolean;
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
    this.answerLost = details.answerLost ?? false;
    this.#issuedTokens = details.issuedTokens;
  }

  /**
   * A refresh token that came with an answer whose access token is of no use. The presented one may be spent, so this is the grant now;
   * `undefined`: none came. A method, so that nothing copies it along with the members.
   */
  rotatedRefreshToken(): string | undefined {
    return this.#issuedTokens?.refreshToken;
  }

  /**
   * Tokens that the provider issued although this server cannot use them. They stay valid until
   * they are revoked.
   */
  issuedTokens(): IssuedTokens | undefined {
    return this.#issuedTokens;
  }
}
