import type { ErrorBody } from '../common/index.ts';

/**
 * Cause of a failed call. `request_failed`: the server responded with an error.
 * `server_unreachable`: no response arrived. `invalid_response`: the response does not match the
 * contract of the route.
 */
export type HttpClientErrorCode = 'request_failed' | 'server_unreachable' | 'invalid_response';

/** A failed call. `message` is the server's message where there is one. */
export class HttpClientError extends Error {
  override readonly name = 'HttpClientError';
  readonly code: HttpClientErrorCode;
  /** HTTP status of the response. `undefined`: `server_unreachable`. */
  readonly status: number | undefined;
  /** Error body of the server. `undefined`: the response has none, for example from a proxy. */
  readonly body: ErrorBody | undefined;

  constructor(
    code: HttpClientErrorCode,
    message: string,
    details: { readonly status?: number; readonly body?: ErrorBody | undefined } = {},
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.code = code;
    this.status = details.status;
    this.body = details.body;
  }
}
