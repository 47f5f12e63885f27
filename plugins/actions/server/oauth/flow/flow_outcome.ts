import type { CookieToSet } from '@latchkey/core/server';
import { needsAnotherKey, SavedObjectError } from '@latchkey/saved-objects';
import { FlowError } from './flow_error.ts';
import type { PendingState } from './state_store.ts';

/** The end of a flow, before it is shown on a page or put into a return URL. */
export interface FlowOutcome {
  /** The flow that has ended. `undefined`: no flow was found. */
  readonly pending: EndedFlow | undefined;
  /** Reason of the failure. `undefined`: the user is connected. */
  readonly failure: FlowError | undefined;
  /** `true`: the user has to decide about another account. */
  readonly isHeld?: boolean;
  /** Cookie that lets the browser decide. */
  readonly binding?: CookieToSet | undefined;
}

/** State of a flow at its end. */
export type EndedFlow = Pick<
  PendingState,
  'flowId' | 'connectorId' | 'spaceId' | 'createdBy' | 'kibanaReturnUrl'
>;

/** Maps every unexpected error to a general failure for the user. Its cause is for the operator. */
export function asFlowError(error: unknown): FlowError {
  if (error instanceof FlowError) return error;
  const code = error instanceof SavedObjectError ? error.code : undefined;
  if (code === 'store_unavailable' || needsAnotherKey(error))
    return new FlowError('store_unavailable', { cause: error });
  // The verifier cannot be decrypted, or the row was changed in the store.
  if (code === 'undecryptable') return new FlowError('state_invalid', { cause: error });
  return new FlowError('unexpected', { cause: error });
}

/**
 * A held authorization has neither failed nor connected an account. The decision has its own audit
 * event.
 */
export function auditOutcomeOf({
  failure,
  isHeld,
}: FlowOutcome): 'success' | 'failure' | 'unknown' {
  if (failure !== undefined) return 'failure';
  return isHeld === true ? 'unknown' : 'success';
}
