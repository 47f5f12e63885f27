import type { LocalizedText } from '@latchkey/core/common';
import { FLOW_RESPONSES, type FlowErrorCode } from './flow_responses.ts';

/** Details of a {@link FlowError}. */
export interface FlowErrorDetails extends ErrorOptions {
  /** Sentence of our own that is added to the text of the code. */
  readonly addition?: LocalizedText | undefined;
  /** Text of the provider, limited in length and on one line. Pages show it below our own text. */
  readonly detail?: string | undefined;
  /**
   * Time to wait before another attempt, in milliseconds. Only for `rate_limited` and
   * `provider_unavailable`.
   */
  readonly retryAfterMs?: number | undefined;
  /** HTTP status of the response. Default: the status in {@link FLOW_RESPONSES}. */
  readonly statusCode?: number | undefined;
}

/**
 * A refused or failed authorization. `message` is in English, for programs. Pages show the
 * translated text of the code. Only `detail` contains text of the provider.
 */
export class FlowError extends Error {
  override readonly name = 'FlowError';
  readonly code: FlowErrorCode;
  readonly statusCode: number;
  readonly addition: LocalizedText | undefined;
  /** As in {@link FlowErrorDetails}, but never an empty string. */
  readonly detail: string | undefined;
  /**
   * Time to wait before another attempt, in milliseconds. Only for `rate_limited` and
   * `provider_unavailable`.
   */
  readonly retryAfterMs: number | undefined;

  constructor(code: FlowErrorCode, details: FlowErrorDetails = {}) {
    const { statusCode, text } = FLOW_RESPONSES[code];
    const { addition, retryAfterMs, cause } = details;
    const detail = details.detail === '' ? undefined : details.detail;
    const own = addition === undefined ? text.en : `${text.en} ${addition.en}`;
    super(detail === undefined ? own : `${own}\n\n${detail}`, cause === undefined ? {} : { cause });
    this.code = code;
    this.statusCode = details.statusCode ?? statusCode;
    this.addition = addition;
    this.detail = detail;
    this.retryAfterMs = retryAfterMs;
  }
}
