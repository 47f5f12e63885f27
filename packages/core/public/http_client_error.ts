import type { ErrorBody } from '../common/index.ts';

/**
 * Cause of a failed call.
 * - `request_failed`: the server responded with an error.
 * - `server_unreachable`: no complete response arrived.
 * - `server_timeout`: no complete response arrived before the deadline.
 * - `invalid_response`: the response does not match the contract of the route.
 */
export type HttpClientErrorCode =
  | 'request_failed'
  | 'server_unreachable'
  | 'server_timeout'
  | 'invalid_response';

/**
 * Returns `true` if the server refused a request with this error code (`attributes.code` of the
 * body).
 */
export const hasErrorCode = (error: unknown, code: string): boolean =>
  error instanceof HttpClientError && error.body?.attributes?.['code'] === code;

/**
 * Returns `true` if a save was refused because another save has changed the object since it was
 * read.
 */
export const isStaleVersion = (error: unknown): boolean => hasErrorCode(error, 'stale_version');

/** The error of a failed call. `message` is the server's message if there is one. */
export class HttpClientError extends Error {
  override readonly name = 'HttpClientError';
  readonly code: HttpClientErrorCode;
  /** HTTP status of the response. `undefined`: `server_unreachable` or `server_timeout`. */
  readonly status: number | undefined;
  /** Deadline that has passed, in milliseconds. `undefined`: the code is not `server_timeout`. */
  readonly timeoutMs: number | undefined;
  /** Error body of the server. `undefined`: the response has none, for example from a proxy. */
  readonly body: ErrorBody | undefined;

  constructor(
    code: HttpClientErrorCode,
    message: string,
    details: {
      readonly status?: number;
      readonly timeoutMs?: number;
      readonly body?: ErrorBody | undefined;
    } = {},
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.code = code;
    this.status = details.status;
    this.timeoutMs = details.timeoutMs;
    this.body = details.body;
  }

  /**
   * `true`: the response was lost, or the server failed while it worked. The request may have had
   * its effect, so read the current state before you tell the user.
   */
  get isOutcomeUnknown(): boolean {
    return this.code !== 'request_failed' || (this.status ?? 0) >= 500;
  }

  /**
   * `true`: no response of the server arrived, a proxy responded in its place, or the response
   * cannot be read. So it is not known what the server did.
   */
  get isResponseLost(): boolean {
    return this.isOutcomeUnknown && this.body === undefined;
  }
}
