import type { EgressErrorCode } from '@latchkey/egress';
import { findEgressError, isAxiosError } from '@latchkey/egress/errors';
import type { AxiosError } from 'axios';
import type { ExecutionResult } from '../types.ts';
import { notBefore } from './retry_time.ts';

type Failure = Omit<ExecutionResult, 'connectorId' | 'status' | 'data'>;
type RetryAdvice = Pick<Failure, 'retry' | 'errorSource'>;

/** For requests that a rule of this server refuses, so that a retry cannot succeed. */
const REFUSED_HERE: RetryAdvice = { retry: false, errorSource: 'user' };
/** For failures of the service that a retry would repeat. */
const PERMANENT: RetryAdvice = { retry: false };
const TEMPORARY: RetryAdvice = { retry: true };

/** Advice about a retry for each error of a request that got no usable response. */
const RETRY_ADVICE: Record<EgressErrorCode, RetryAdvice> = {
  invalid_url: REFUSED_HERE,
  host_not_allowed: REFUSED_HERE,
  address_not_allowed: REFUSED_HERE,
  https_required: REFUSED_HERE,
  invalid_request: REFUSED_HERE,
  body_not_replayable: REFUSED_HERE,
  credentials_not_allowed: REFUSED_HERE,
  // A retry can succeed only with a higher limit, which the caller has to request.
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
 * Describes a request that failed, or got an error status that the handler did not process. Returns
 * `undefined` for errors that are not failures of a request.
 * @param options.responseSizeHeader response header in which the service states the size, from the
 * action
 */
export function describeTransportFailure(
  error: unknown,
  options: { readonly nowMs: number; readonly responseSizeHeader: string | undefined },
): Failure | undefined {
  const egress = findEgressError(error);
  if (egress !== undefined) {
    const isTooLarge = egress.code === 'response_too_large';
    return {
      // Callers know the message of axios, which contains the limit.
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
 * Recommends a retry for a service that is busy or broken. With other statuses, the result would
 * not change by itself.
 */
function retryOf(error: AxiosError, nowMs: number): RetryAdvice {
  const { response } = error;
  if (response === undefined || (response.status !== 429 && response.status < 500)) return {};
  return { retry: notBefore(response.headers['retry-after'], nowMs) ?? true };
}

/** Returns the size of the response, so that a caller can request a higher limit. */
function sizeMeta(
  headers: Readonly<Record<string, string>> | undefined,
  responseSizeHeader = 'content-length',
): Pick<Failure, 'errorMeta'> {
  const text = headers?.[responseSizeHeader.toLowerCase()] ?? '';
  return /^\d{1,15}$/.test(text) ? { errorMeta: { contentLengthBytes: Number(text) } } : {};
}
