import {
  ConnectorActionError,
  getConnectorActionErrorMeta,
  isConnectorAuthorizationError,
} from '@latchkey/connector-specs';
import { findEgressError } from '@latchkey/egress';
import { SavedObjectError } from '@latchkey/saved-objects';
import { AxiosError, isAxiosError } from 'axios';
import { ConnectorConfigurationError } from '../oauth/strategies/index.ts';
import { TokenUnavailableError } from '../oauth/tokens/index.ts';
import type { ExecutionResult } from '../types.ts';

type Failure = Omit<ExecutionResult, 'connectorId' | 'status' | 'data'>;

/** Kibana's text for everything that fails around an action rather than in it. */
const AROUND_THE_ACTION = 'an error occurred while running the action';

/**
 * A failed execution in the caller's terms: whose turn it is (`errorSource`), whether to come back (`retry`), and why in words without headers or bodies.
 * `undefined`: nobody expected this; the caller logs it and says no more than that.
 */
export function describeFailure(error: unknown, nowMs: number): Failure | undefined {
  return describeAuthFailure(error, nowMs) ?? describeActionFailure(error, nowMs);
}

/** Nobody to act as, or no token now. */
function describeAuthFailure(error: unknown, nowMs: number): Failure | undefined {
  if (isConnectorAuthorizationError(error)) {
    return {
      message: AROUND_THE_ACTION,
      serviceMessage: error.message,
      retry: false,
      errorSource: 'user',
      authorizationReason: error.reason,
    };
  }
  if (error instanceof ConnectorConfigurationError) {
    return {
      message: AROUND_THE_ACTION,
      serviceMessage: error.message,
      retry: false,
      errorSource: 'user',
    };
  }
  if (error instanceof TokenUnavailableError) {
    const retry =
      error.retryAfterMs === undefined ? true : new Date(nowMs + error.retryAfterMs).toISOString();
    return {
      message: AROUND_THE_ACTION,
      serviceMessage: error.message,
      retry,
      errorSource: 'framework',
    };
  }
  if (error instanceof SavedObjectError && error.code === 'store_unavailable') {
    return {
      message: AROUND_THE_ACTION,
      serviceMessage: error.message,
      retry: true,
      errorSource: 'framework',
    };
  }
  return undefined;
}

/** The action ran and said no, or its request did not go through. */
function describeActionFailure(error: unknown, nowMs: number): Failure | undefined {
  const meta = getConnectorActionErrorMeta(error);
  const errorMeta = meta === undefined ? {} : { errorMeta: meta };
  if (error instanceof ConnectorActionError) {
    if (error.code === 'invalid_input')
      return { message: error.message, retry: false, errorSource: 'user', ...errorMeta };
    return {
      message: error.message,
      ...retryAfter(error.status, error.retryAfterMs, nowMs),
      ...errorMeta,
    };
  }
  const egress = findEgressError(error);
  if (egress !== undefined) {
    const refusedByUs = REFUSALS.has(egress.code);
    return refusedByUs
      ? { message: egress.message, retry: false, errorSource: 'user', ...errorMeta }
      : { message: egress.message, retry: true, ...errorMeta };
  }
  if (isAxiosError(error)) {
    const status = error.response?.status;
    return {
      message: error.message,
      ...retryAfter(status, undefined, nowMs),
      ...sizeMeta(error, errorMeta),
    };
  }
  return undefined;
}

/** Requests this server will never make, however often they are asked for. */
const REFUSALS: ReadonlySet<string> = new Set([
  'invalid_url',
  'host_not_allowed',
  'address_not_allowed',
  'https_required',
  'invalid_request',
  'body_not_replayable',
  'credentials_not_allowed',
]);

function retryAfter(
  status: number | undefined,
  retryAfterMs: number | undefined,
  nowMs: number,
): Pick<Failure, 'retry'> {
  if (status === undefined || (status !== 429 && status < 500)) return {};
  return {
    retry: retryAfterMs === undefined ? true : new Date(nowMs + retryAfterMs).toISOString(),
  };
}

/** How large the answer would have been, so that a caller can ask for a higher limit. */
function sizeMeta(error: AxiosError, meta: Pick<Failure, 'errorMeta'>): Pick<Failure, 'errorMeta'> {
  if (error.code !== AxiosError.ERR_BAD_RESPONSE || !error.message.includes('maxContentLength'))
    return meta;
  const length = Number(error.response?.headers['content-length']);
  return Number.isFinite(length)
    ? { errorMeta: { contentLengthBytes: length, ...meta.errorMeta } }
    : meta;
}
