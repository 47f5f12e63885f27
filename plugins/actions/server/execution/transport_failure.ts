import type { EgressErrorCode } from '@latchkey/egress';
import { findEgressError, isAxiosError } from '@latchkey/egress/errors';
import type { AxiosError } from 'axios';
import type { ExecutionResult } from '../types.ts';
import { notBefore } from './retry_time.ts';

type Failure = Omit<ExecutionResult, 'connectorId' | 'status' | 'data'>;
type RetryAdvice = Pick<Failure, 'retry' | 'errorSource'>;

/** The rules of this server refuse such a request, so a retry cannot succeed. */
const REFUSED_HERE: RetryAdvice = { retry: false, errorSource: 'user' };
/** The service fails, and a retry gets the same result. */
const PERMANENT: RetryAdvice = { retry: false };
const TEMPORARY: RetryAdvice = { retry: true };

/** Result fields for each error of a request without a usable response. */
const RETRY_ADVICE: Record<EgressErrorCode, RetryAdvice> = {
  invalid_url: REFUSED_HERE,
  host_not_allowed: REFUSED_HERE,
  address_not_allowed: REFUSED_HERE,
  https_required: REFUSED_HERE,
  invalid_request: REFUSED_HERE,
  body_not_replayable: REFUSED_HERE,
  credentials_not_allowed: REFUSED_HERE,
  // The caller may try again with a higher limit.
  response_too_large: REFUSED_HERE,
  redirect_refused: PERMANENT,
  too_many_redirects: PERMANENT,
  invalid_response: TEMPORARY,
  timeout: TEMPORARY,
  connection_failed: TEMPORARY,
  tls_failed: TEMPORARY,
  dns_failed: TEMPORARY,
  aborted: TEMPORARY,
};

/**
 * Describes a failed request, or a response with an error status that no handler processed.
 * `undefined`: not a failure of a request.
 * @param options.responseSizeHeader of the action: header with the size of a response that is too
 * large
 */
export function describeTransportFailure(
  error: unknown,
  options: { readonly nowMs: number; readonly responseSizeHeader: string | undefined },
): Failure | undefined {
  const egress = findEgressError(error);
  if (egress !== undefined) {
    const isTooLarge = egress.code === 'response_too_large';
    return {
      // The text of axios names the limit, and callers know it.
      message: isTooLarge
        ? `maxContentLength size of ${egress.maxResponseBytes} exceeded`
        : egress.message,
      ...RETRY_ADVICE[egress.code],
      ...(isTooLarge ? sizeMeta(egress.responseHeaders, options.responseSizeHeader) : {}),
    };
  }
  if (!isAxiosError(error)) return undefined;
  return { message: error.message, ...retryOf(error, options.nowMs) };
}

/**
 * A retry helps for a service that is busy or broken. Every other status will not change by itself.
 */
function retryOf(error: AxiosError, nowMs: number): RetryAdvice {
  const { response } = error;
  if (response === undefined || (response.status !== 429 && response.status < 500)) return {};
  return { retry: notBefore(response.headers['retry-after'], nowMs) ?? true };
}

/** Size of the response, so that a caller can request a higher limit. */
function sizeMeta(
  headers: Readonly<Record<string, string>> | undefined,
  responseSizeHeader = 'content-length',
): Pick<Failure, 'errorMeta'> {
  const text = headers?.[responseSizeHeader.toLowerCase()] ?? '';
  return /^\d{1,15}$/.test(text) ? { errorMeta: { contentLengthBytes: Number(text) } } : {};
}
