/** Why no token can be had now although nobody has to act. */
export type TokenUnavailableCode =
  | 'provider_unavailable'
  | 'rate_limited'
  | 'refresh_in_progress'
  | 'store_unavailable'
  | 'deadline_exceeded';

/** It will pass: the provider, the store or the clock stood in the way. Never means that anybody must authorize. */
export class TokenUnavailableError extends Error {
  override readonly name = 'TokenUnavailableError';
  readonly code: TokenUnavailableCode;
  /** Milliseconds to wait before trying again; `undefined`: unknown. */
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

/** Other writers keep changing the same grant. */
export function tooContended(): TokenUnavailableError {
  return new TokenUnavailableError(
    'refresh_in_progress',
    'This connection is being changed by others. Try again in a moment.',
  );
}
