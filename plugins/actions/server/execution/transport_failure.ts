import type { EgressErrorCode } from '@latchkey/egress';
import { findEgressError } from '@latchkey/egress';
import { type AxiosError, isAxiosError } from 'axios';
import type { ExecutionResult } from '../types.ts';
import { notBefore } from './retry_time.ts';

type Failure = Omit<ExecutionResult, 'connectorId' | 'status' | 'data'>;
type Verdict = Pick<Failure, 'retry' | 'errorSource'>;

/** This server will never make such a request, however often it is asked to. */
const REFUSED_BY_US: Verdict = { retry: false, errorSource: 'user' };
/** The service's doing, and it will do it again. */
const WILL_NOT_PASS: Verdict = { retry: false };
const MAY_PASS: Verdict = { retry: true };

/** Whose turn it is after a request that got no usable answer. */
const VERDICTS: Record<EgressErrorCode, Verdict> = {
  invalid_url: REFUSED_BY_US,
  host_not_allowed: REFUSED_BY_US,
  address_not_allowed: REFUSED_BY_US,
  https_required: REFUSED_BY_US,
  invalid_request: REFUSED_BY_US,
  body_not_replayable: REFUSED_BY_US,
  credentials_not_allowed: REFUSED_BY_US,
  // The caller may ask again with a higher limit.
  response_too_large: REFUSED_BY_US,
  redirect_refused: WILL_NOT_PASS,
  too_many_redirects: WILL_NOT_PASS,
  invalid_response: MAY_PASS,
  timeout: MAY_PASS,
  connection_failed: MAY_PASS,
  tls_failed: MAY_PASS,
  dns_failed: MAY_PASS,
  aborted: MAY_PASS,
};

/**
 * A request that did not go through, or whose answer no handler dealt with. `undefined`: not a failure of a request.
 * @param options.responseSizeHeader of the action: where an answer that is too large says how large it is
 */
export function describeTransportFailure(
  error: unknown,
  options: { readonly nowMs: number; readonly responseSizeHeader: string | undefined },
): Failure | undefined {
  const egress = findEgressError(error);
  if (egress !== undefined) {
    const isTooLarge = egress.code === 'response_too_large';
    return {
      // Axios' wording names the limit, and callers know it.
      message: isTooLarge && isAxiosError(error) ? error.message : egress.message,
      ...VERDICTS[egress.code],
      ...(isTooLarge ? sizeMeta(egress.responseHeaders, options.responseSizeHeader) : {}),
    };
  }
  if (!isAxiosError(error)) return undefined;
  return { message: error.message, ...retryOf(error, options.nowMs) };
}

/** A vendor that is busy or broken; every other status is an answer that will not change by itself. */
function retryOf(error: AxiosError, nowMs: number): Verdict {
  const { response } = error;
  if (response === undefined || (response.status !== 429 && response.status < 500)) return {};
  return { retry: notBefore(response.headers['retry-after'], nowMs) ?? true };
}

/** How large the answer would have been, so that a caller can ask for a higher limit. */
function sizeMeta(
  headers: Readonly<Record<string, string>> | undefined,
  responseSizeHeader = 'content-length',
): Pick<Failure, 'errorMeta'> {
  const text = headers?.[responseSizeHeader.toLowerCase()] ?? '';
  return /^\d{1,15}$/.test(text) ? { errorMeta: { contentLengthBytes: Number(text) } } : {};
}
