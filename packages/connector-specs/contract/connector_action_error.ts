/**
 * Whose turn it is. `invalid_input`: the caller asked for something the connector refuses. `vendor_error`: the service answered
 * with an error status. `unexpected_response`: the service answered something that is not its documented shape.
 */
export type ConnectorActionErrorCode = 'invalid_input' | 'vendor_error' | 'unexpected_response';

/**
 * Why an action failed, in words that are safe to show: no header, no body, no credential. It deliberately has no `cause`, because
 * HTTP client errors carry the request with its Authorization header.
 */
export class ConnectorActionError extends Error {
  override readonly name = 'ConnectorActionError';
  readonly code: ConnectorActionErrorCode;
  /** HTTP status of the service; `undefined` unless `vendor_error`. */
  readonly status: number | undefined;
  /** The service's own short reason code, for example `rateLimitExceeded`; `undefined`: none given. */
  readonly reason: string | undefined;
  /** `Retry-After` of the answer in milliseconds; `undefined`: none given, or given as a date. */
  readonly retryAfterMs: number | undefined;

  /**
   * The same failure in the form that Kibana's connector gives it; `undefined`: `message` says all.
   */
  readonly serviceMessage: string | undefined;
  /** Tells if the status means that the caller or the connector's owner must change something. */
  readonly isUserError: boolean;

  constructor(
    code: ConnectorActionErrorCode,
    message: string,
    facts: {
      readonly status?: number | undefined;
      readonly reason?: string | undefined;
      readonly retryAfterMs?: number | undefined;
      readonly serviceMessage?: string | undefined;
      readonly isUserError?: boolean;
    } = {},
  ) {
    super(message);
    this.code = code;
    this.status = facts.status;
    this.reason = facts.reason;
    this.retryAfterMs = facts.retryAfterMs;
    this.serviceMessage = facts.serviceMessage;
    this.isUserError = facts.isUserError ?? false;
  }
}
