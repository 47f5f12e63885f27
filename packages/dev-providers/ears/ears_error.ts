/** Error codes of EARS' JSON responses. */
export type EarsErrorCode =
  | 'invalid_request'
  | 'callback_not_allowed'
  | 'invalid_grant'
  | 'unknown_provider'
  | 'not_found'
  | 'rate_limited'
  | 'provider_rejected_client'
  | 'provider_unavailable'
  | 'provider_timeout';

/** HTTP status of each code. */
export const earsStatus: Readonly<Record<EarsErrorCode, number>> = {
  invalid_request: 400,
  callback_not_allowed: 400,
  invalid_grant: 400,
  unknown_provider: 404,
  not_found: 404,
  rate_limited: 429,
  provider_rejected_client: 502,
  provider_unavailable: 503,
  provider_timeout: 504,
};

/** The error of a request that EARS cannot serve. Messages contain no token and no code. */
export class EarsError extends Error {
  override readonly name = 'EarsError';
  readonly code: EarsErrorCode;
  /** `Retry-After` header of the provider. `undefined`: the provider sent none. */
  readonly retryAfter: string | undefined;

  constructor(code: EarsErrorCode, message: string, retryAfter?: string) {
    super(message);
    this.code = code;
    this.retryAfter = retryAfter;
  }
}
