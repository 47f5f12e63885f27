import {
  AuthTypeError,
  ConnectorActionError,
  getConnectorActionErrorMeta,
  isConnectorAuthorizationError,
} from '@latchkey/connector-specs';
import { SavedObjectError } from '@latchkey/saved-objects';
import { ConnectorConfigurationError } from '../oauth/strategies/index.ts';
import { TokenUnavailableError } from '../oauth/tokens/index.ts';
import type { ExecutionResult } from '../types.ts';
import { afterWait } from './retry_time.ts';
import { describeTransportFailure } from './transport_failure.ts';

type Failure = Omit<ExecutionResult, 'connectorId' | 'status' | 'data'>;

/** Kibana's message for failures that happen outside the handler of the action. */
const AROUND_THE_ACTION = 'an error occurred while running the action';

/** Result for an unexpected failure. */
export const UNEXPECTED_FAILURE: Failure = {
  message: AROUND_THE_ACTION,
  retry: true,
  errorSource: 'framework',
};

/** Context that a description of a failure needs in addition to the error. */
export interface FailureContext {
  readonly nowMs: number;
  /** Response header in which the service states the size. `undefined`: `content-length`. */
  readonly responseSizeHeader: string | undefined;
}

/**
 * Describes a failed execution: who can correct it (`errorSource`), whether a retry can help
 * (`retry`), and the reason without headers or bodies. Returns `undefined` for an unexpected
 * failure: the caller logs it and returns only {@link UNEXPECTED_FAILURE}.
 */
export function describeFailure(error: unknown, context: FailureContext): Failure | undefined {
  return describeAuthFailure(error, context) ?? describeActionFailure(error, context);
}

/** Describes a failure because no user is known, or no token is available. */
function describeAuthFailure(error: unknown, { nowMs }: FailureContext): Failure | undefined {
  if (isConnectorAuthorizationError(error)) {
    return { ...userFailure(error.message), authorizationReason: error.reason };
  }
  if (error instanceof ConnectorConfigurationError) return userFailure(error.message);
  // The secrets do not match their auth type, so an administrator must enter them again.
  if (error instanceof AuthTypeError && error.code !== 'token_request_failed') {
    return userFailure(error.message);
  }
  if (error instanceof TokenUnavailableError) {
    return retryLater(error.message, afterWait(error.retryAfterMs, nowMs));
  }
  const isStoreDown = error instanceof SavedObjectError && error.code === 'store_unavailable';
  return isStoreDown ? retryLater(error.message, undefined) : undefined;
}

/** @param notBefore instant of the next useful attempt, ISO 8601. `undefined`: unknown */
function retryLater(serviceMessage: string, notBefore: string | undefined): Failure {
  return { ...UNEXPECTED_FAILURE, serviceMessage, retry: notBefore ?? true };
}

function userFailure(serviceMessage: string): Failure {
  return { message: AROUND_THE_ACTION, serviceMessage, retry: false, errorSource: 'user' };
}

/**
 * Describes failures of the handler or of its request. If the handler states the size of a response
 * that was too large, its value takes precedence over the header.
 */
function describeActionFailure(error: unknown, context: FailureContext): Failure | undefined {
  const failure =
    error instanceof ConnectorActionError
      ? describeRefusal(error, context.nowMs)
      : describeTransportFailure(error, context);
  const meta = getConnectorActionErrorMeta(error);
  if (failure === undefined || meta === undefined) return failure;
  return { ...failure, errorMeta: { ...failure.errorMeta, ...meta } };
}

function describeRefusal(error: ConnectorActionError, nowMs: number): Failure {
  const { code, status, message, retryAfterMs, serviceMessage, isUserError, failedResponse } =
    error;
  if (code === 'invalid_input') return { message, retry: false, errorSource: 'user' };
  const isBusy = error.isRateLimit || (status !== undefined && (status === 429 || status >= 500));
  // A retry cannot succeed before the input, a permission or the connector was changed.
  const mustChange = error.whoActs === 'user' || error.whoActs === 'administrator';
  return {
    message,
    ...(serviceMessage === undefined ? {} : { serviceMessage }),
    ...(isBusy ? { retry: afterWait(retryAfterMs, nowMs) ?? true } : {}),
    ...(isUserError || mustChange ? { errorSource: 'user' } : {}),
    ...(mustChange ? { retry: false } : {}),
    ...(failedResponse === undefined ? {} : { failedResponse }),
  };
}
