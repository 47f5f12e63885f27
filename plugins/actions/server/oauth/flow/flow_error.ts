import { FLOW_RESPONSES, type FlowErrorCode } from './flow_responses.ts';

/** Details of a {@link FlowError}. */
export interface FlowErrorDetails extends ErrorOptions {
  /** Sentence added to the text of the code. */
  readonly addition?: string | undefined;
  /** Text of the provider: bounded, on one line, shown below our own text. */
  readonly detail?: string | undefined;
  /** Milliseconds; only for `rate_limited` and `provider_unavailable`. */
  readonly retryAfterMs?: number | undefined;
  /** HTTP status of the response. Default: the status of the code. */
  readonly statusCode?: number | undefined;
}

/**
 * A refused or failed authorization. `message` is shown to the user. Only `detail` comes from the
 * provider.
 */
export class FlowError extends Error {
  override readonly name = 'FlowError';
  readonly code: FlowErrorCode;
  readonly statusCode: number;
  /** Milliseconds; only for `rate_limited` and `provider_unavailable`. */
  readonly retryAfterMs: number | undefined;

  constructor(code: FlowErrorCode, details: FlowErrorDetails = {}) {
    const { statusCode, text: general } = FLOW_RESPONSES[code];
    const { addition } = details;
    const text = addition === undefined ? general : `${general} ${addition}`;
    const { detail, retryAfterMs, cause } = details;
    super(
      detail === undefined || detail === '' ? text : `${text}\n\n${detail}`,
      cause === undefined ? {} : { cause },
    );
    this.code = code;
    this.statusCode = details.statusCode ?? statusCode;
    this.retryAfterMs = retryAfterMs;
  }
}
