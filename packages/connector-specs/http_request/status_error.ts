import type { EgressResponse } from '@latchkey/egress';
import { parseRetryAfter } from '@latchkey/oauth-providers';
import { ConnectorActionError } from '../contract/errors.ts';
import { toRequestOutput } from './send_request.ts';

/** Allowed reason phrases. The service can send any text. */
const REASON_PHRASE = /^[A-Za-z0-9 '_-]{1,64}$/;

/** Statuses that Kibana's connector reports as user errors. */
const USER_ERRORS: ReadonlySet<number> = new Set([400, 404, 405, 406, 410, 411, 414, 428, 431]);

/** The error of an action whose request had a response with a failure status. */
export const statusErrorOf = (response: EgressResponse): ConnectorActionError => {
  const { status, statusText, headers } = response;
  const reason = REASON_PHRASE.test(statusText) ? ` ${statusText}` : '';
  const serviceMessage = `[${status}]${reason}`;
  const now = new Date();
  const resetMs = rateLimitResetMs(response, now.getTime());
  const message = `HTTP request failed: ${serviceMessage}`;
  return new ConnectorActionError('vendor_error', message, {
    status,
    serviceMessage,
    isUserError: USER_ERRORS.has(status),
    isRateLimit: resetMs !== undefined,
    retryAfterMs: parseRetryAfter(headers['retry-after'], now) ?? resetMs,
    failedResponse: toRequestOutput(response),
  });
};

/** A larger number is an instant in seconds since 1970, a smaller one a number of seconds. */
const FIRST_INSTANT = 1_000_000_000;

/**
 * Wait that `X-RateLimit-Reset` asks for, in milliseconds. Services send it with each response, so
 * it counts only for one that the limit refused. `undefined`: none.
 */
const rateLimitResetMs = (
  { status, headers }: Pick<EgressResponse, 'status' | 'headers'>,
  nowMs: number,
): number | undefined => {
  const isRefused = status === 429 || (status === 403 && headers['x-ratelimit-remaining'] === '0');
  const text = String(headers['x-ratelimit-reset'] ?? '');
  if (!isRefused || !/^\d{1,12}(?:\.\d+)?$/.test(text)) return undefined;
  const seconds = Number(text);
  return seconds > FIRST_INSTANT ? Math.max(0, seconds * 1_000 - nowMs) : seconds * 1_000;
};
