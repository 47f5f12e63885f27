/** Reasons why a third-party server cannot be fetched or started. */
export type InteropErrorCode =
  | 'tool_missing'
  | 'fetch_failed'
  | 'checksum_mismatch'
  | 'start_failed';

/**
 * A third-party server cannot be fetched or started. The message says what to install or to check.
 */
export class InteropError extends Error {
  override readonly name = 'InteropError';
  readonly code: InteropErrorCode;

  constructor(code: InteropErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
