/** Reason why no token is available now although the user need not act. */
export type TokenUnavailableCode =
  | 'provider_unavailable'
  | 'rate_limited'
  | 'refresh_in_progress'
  | 'store_unavailable'
  | 'deadline_exceeded';

/**
 * A temporary failure: the provider or the store is unavailable, or the time was not sufficient. It
 * never means that a user must authorize.
 */
export class TokenUnavailableError extends Error {
  override readonly name = 'TokenUnavailableError';
  readonly code: TokenUnavailableCode;
  /** Milliseconds to wait before the next attempt. `undefined`: unknown. */
  readonly retryAfterMs: number | undefined;

  constructor(
    code: TokenUnavailableCode,
    message: string,
    retryAfterMs?: number,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.code = code;
    this.retryAfterMs = retryAfterMs;
  }
}

/**
 * Limit of `retryConflicts` for changes of one grant.
 * @throws TokenUnavailableError `refresh_in_progress` when other processes keep changing the grant
 */
export const GRANT_RETRIES = {
  attempts: 20,
  contended: (): never => {
    throw new TokenUnavailableError(
      'refresh_in_progress',
      'Other requests are changing this connection. Try again in a few seconds.',
    );
  },
} as const;
