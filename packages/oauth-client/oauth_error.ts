import type { OAuthErrorCode, OAuthFailureKind } from './types.ts';

/** A failed protocol call. Safe to log: holds no token, code, secret or response body. */
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

  constructor(
    code: OAuthErrorCode,
    kind: OAuthFailureKind,
    message: string,
    details: {
      readonly status?: number | undefined;
      readonly retryAfterMs?: number | undefined;
      readonly providerRequestId?: string | undefined;
      readonly answerLost?: boolean;
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
  }
}
