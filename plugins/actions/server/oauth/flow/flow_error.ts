import { FLOW_RESPONSES, type FlowErrorCode } from './flow_responses.ts';

/** What goes with a {@link FlowError}. */
export interface FlowErrorDetails extends ErrorOptions {
  /** A sentence of ours about this case, added to our text. */
  readonly addition?: string | undefined;
  /** A provider's words: bounded, on one line, shown under our own text. */
  readonly detail?: string | undefined;
  /** Milliseconds; only for `rate_limited` and `provider_unavailable`. */
  readonly retryAfterMs?: number | undefined;
  /** Default: that of the code. */
  readonly statusCode?: number | undefined;
}

/** A refused or failed authorization. `message` is for the person; nothing in it comes from the provider but `detail`. */
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
