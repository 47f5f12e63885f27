import type { CookieToSet } from '@latchkey/core/server';
import { needsAnotherKey, SavedObjectError } from '@latchkey/saved-objects';
import { FlowError } from './flow_error.ts';
import type { PendingState } from './state_store.ts';

/** Result of a flow, from which the page or the return URL is made. */
export interface FlowOutcome {
  /** The flow that has ended. `undefined`: the request names no known flow. */
  readonly pending: EndedFlow | undefined;
  /**
   * Reason of the failure. `undefined`: the user is connected, or has to decide about an account.
   */
  readonly failure: FlowError | undefined;
  /** `true`: the user has to decide about another account. */
  readonly isHeld?: boolean;
  /** Cookie with which this browser may decide about the account. */
  readonly binding?: CookieToSet | undefined;
}

/** Attributes of a flow that are needed after its end. */
export type EndedFlow = Pick<
  PendingState,
  'flowId' | 'connectorId' | 'spaceId' | 'createdBy' | 'kibanaReturnUrl'
>;

/**
 * Maps an unexpected error to `unexpected` or a similar code. The error itself stays in `cause`,
 * for the log.
 */
export function asFlowError(error: unknown): FlowError {
  if (error instanceof FlowError) return error;
  const code = error instanceof SavedObjectError ? error.code : undefined;
  if (code === 'store_unavailable' || needsAnotherKey(error))
    return new FlowError('store_unavailable', { cause: error });
  // Either the verifier cannot be decrypted, or the document was changed in the store.
  if (code === 'undecryptable') return new FlowError('state_invalid', { cause: error });
  return new FlowError('unexpected', { cause: error });
}

/**
 * Returns the outcome for the audit event. A held authorization is `unknown`: it has neither failed
 * nor connected an account, and the decision writes its own event.
 */
export function auditOutcomeOf({
  failure,
  isHeld,
}: FlowOutcome): 'success' | 'failure' | 'unknown' {
  if (failure !== undefined) return 'failure';
  return isHeld === true ? 'unknown' : 'success';
}
