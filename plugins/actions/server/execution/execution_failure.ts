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

/** Kibana's text for everything that fails around an action rather than in it. */
const AROUND_THE_ACTION = 'an error occurred while running the action';

/** What anybody is told about a failure that nobody expected. */
export const UNEXPECTED_FAILURE: Failure = {
  message: AROUND_THE_ACTION,
  retry: true,
  errorSource: 'framework',
};

/** What a description depends on besides the error. */
export interface FailureContext {
  readonly nowMs: number;
  /** Of the action; `undefined`: `content-length`. */
  readonly responseSizeHeader: string | undefined;
}

/**
 * A failed execution in the caller's terms: whose turn it is (`errorSource`), whether to come back (`retry`), and why in words without headers or bodies.
 * `undefined`: nobody expected this; the caller logs it and says no more than {@link UNEXPECTED_FAILURE}.
 */
export function describeFailure(error: unknown, context: FailureContext): Failure | undefined {
  return describeAuthFailure(error, context) ?? describeActionFailure(error, context);
}

/** Nobody to act as, or no token now. */
function describeAuthFailure(error: unknown, { nowMs }: FailureContext): Failure | undefined {
  if (isConnectorAuthorizationError(error)) {
    return { ...byUser(error.message), authorizationReason: error.reason };
  }
  if (error instanceof ConnectorConfigurationError) return byUser(error.message);
  // Secrets of another shape than their auth type has: an administrator enters them again.
  if (error instanceof AuthTypeError && error.code !== 'token_request_failed') {
    return byUser(error.message);
  }
  if (error instanceof TokenUnavailableError) {
    return later(error.message, afterWait(error.retryAfterMs, nowMs));
  }
  const isStoreAway = error instanceof SavedObjectError && error.code === 'store_unavailable';
  return isStoreAway ? later(error.message, undefined) : undefined;
}

/** @param notBefore ISO instant; `undefined`: unknown */
function later(serviceMessage: string, notBefore: string | undefined): Failure {
  return { ...UNEXPECTED_FAILURE, serviceMessage, retry: notBefore ?? true };
}

function byUser(serviceMessage: string): Failure {
  return { message: AROUND_THE_ACTION, serviceMessage, retry: false, errorSource: 'user' };
}

/** The action ran and said no, or its request did not go through. What the action knows of sizes wins over a header. */
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
  const { code, status, message, retryAfterMs, serviceMessage, isUserError } = error;
  if (code === 'invalid_input') return { message, retry: false, errorSource: 'user' };
  const isBusy = status !== undefined && (status === 429 || status >= 500);
  return {
    message,
    ...(serviceMessage === undefined ? {} : { serviceMessage }),
    ...(isBusy ? { retry: afterWait(retryAfterMs, nowMs) ?? true } : {}),
    ...(isUserError ? { errorSource: 'user' } : {}),
  };
}
