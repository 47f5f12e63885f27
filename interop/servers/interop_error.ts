/** Why a server of another maker cannot be had or started here. */
export type InteropErrorCode =
  | 'tool_missing'
  | 'fetch_failed'
  | 'checksum_mismatch'
  | 'start_failed';

/** Thrown by what fetches and starts the servers. The message says what to install, or where to look. */
export class InteropError extends Error {
  override readonly name = 'InteropError';
  readonly code: InteropErrorCode;

  constructor(code: InteropErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
