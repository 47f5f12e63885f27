/**
 * State of one attempt to authorize one connector, from the click to its outcome.
 *
 * - `idle`: there is no attempt. Next: `starting`, or `waiting` when another tab or page load has
 *   started one.
 * - `starting`: the server prepares the attempt. Next: `waiting`, `blocked`, `failed`, `cancelled`.
 * - `blocked`: the browser refused to open a window; `url` is a link for the user. Next: as for
 *   `waiting`.
 * - `waiting`: the user is at the provider. Next: any final state.
 * - `succeeded`, `failed`, `cancelled`, `expired` are final. Next: `starting`, or `idle`.
 * Only an outcome that the server has reported leads to `succeeded`.
 */
export type AttemptState =
  | { readonly status: 'idle' }
  | { readonly status: 'starting' }
  | ({ readonly status: 'blocked'; readonly url: string } & Pending)
  | ({
      readonly status: 'waiting';
      /**
       * `false`: this page cannot see the window of the provider. This tells nothing about the
       * attempt, because providers cut the connection between windows, and a reload loses it too.
       */
      readonly windowSeen: boolean;
      /** `true`: this window itself went to the provider, so there is no other window. */
      readonly isRedirect?: boolean;
    } & Pending)
  | {
      readonly status: 'succeeded';
      /** Name of the account. `undefined`: the provider did not name it. */
      readonly account: string | undefined;
      /** `true`: another account was connected before. */
      readonly accountChanged: boolean;
    }
  | {
      readonly status: 'failed';
      /** Error code, see docs/errors.md. */
      readonly reason: string;
    }
  | { readonly status: 'cancelled' }
  | { readonly status: 'expired' };

/** An attempt that has not ended on the server. */
interface Pending {
  /** Instant in milliseconds since 1970, by the clock of this browser. */
  readonly expiresAt: number;
  /** A change of the account about which the user must decide first. */
  readonly accountChange?: AccountChange | undefined;
}

/** Change of the account: the user authorized with a different account than the connected one. */
export interface AccountChange {
  readonly flowId: string;
  readonly connectedAccount: string;
  /** Name of the new account. `undefined`: the provider did not name it. */
  readonly newAccount: string | undefined;
  /** `false`: this browser may not decide, because the user authorized in another browser. */
  readonly canChange: boolean;
}

/** Outcome of an attempt as the server reports it. `unknown`: the server knows no such attempt. */
export type Outcome =
  | ({ readonly status: 'pending' } & Pending)
  | Extract<AttemptState, { readonly status: 'succeeded' | 'failed' | 'cancelled' | 'expired' }>
  | { readonly status: 'unknown' };

/** An event that may change the state of an attempt. */
export type AttemptEvent =
  | { readonly type: 'start' }
  | { readonly type: 'started'; readonly expiresAt: number; readonly isRedirect?: boolean }
  | { readonly type: 'window_blocked'; readonly url: string; readonly expiresAt: number }
  | { readonly type: 'start_failed'; readonly reason: string }
  | { readonly type: 'resumed'; readonly expiresAt: number; readonly isRedirect?: boolean }
  | { readonly type: 'link_followed' }
  | { readonly type: 'window_lost' }
  | { readonly type: 'outcome'; readonly outcome: Outcome }
  | { readonly type: 'deadline_passed' }
  | { readonly type: 'cancel' }
  | { readonly type: 'dismiss' };

/**
 * Differences in milliseconds that are not a new deadline, because the deadline is computed from a
 * header in whole seconds.
 */
const CLOCK_NOISE_MS = 3000;

/** State of an attempt that has ended. */
export type FinalState = Extract<
  AttemptState,
  { readonly status: 'succeeded' | 'failed' | 'cancelled' | 'expired' }
>;

/** State of a connector without an attempt. */
export const IDLE: AttemptState = { status: 'idle' };

/** Returns `true` if the server has not ended the attempt. */
export function isPending(
  state: AttemptState,
): state is Extract<AttemptState, { readonly status: 'blocked' | 'waiting' }> {
  return state.status === 'blocked' || state.status === 'waiting';
}

/**
 * Returns `true` if the attempt has ended, so that only a new attempt or dismissing the result
 * usually changes the state.
 */
export function isFinal(state: AttemptState): state is FinalState {
  return !['idle', 'starting', 'blocked', 'waiting'].includes(state.status);
}

/** Returns the state after an event. Returns the same object when the event does not change it. */
export function reduceAttempt(state: AttemptState, event: AttemptEvent): AttemptState {
  switch (event.type) {
    case 'start':
      return isPending(state) ? state : { status: 'starting' };
    case 'started':
      if (state.status !== 'starting') return state;
      return waitingSince(event, event.isRedirect !== true);
    case 'window_blocked':
      if (state.status !== 'starting') return state;
      return { status: 'blocked', url: event.url, expiresAt: event.expiresAt };
    case 'start_failed':
      return state.status === 'starting' ? { status: 'failed', reason: event.reason } : state;
    case 'resumed':
      if (state.status === 'starting') return state;
      return waitingSince(event, false);
    case 'link_followed':
      if (state.status !== 'blocked') return state;
      return { status: 'waiting', expiresAt: state.expiresAt, windowSeen: false };
    case 'window_lost':
      if (state.status !== 'waiting' || !state.windowSeen) return state;
      return { ...state, windowSeen: false };
    case 'outcome':
      return afterOutcome(state, event.outcome);
    case 'deadline_passed':
      return isPending(state) ? { status: 'expired' } : state;
    case 'cancel':
      return state.status === 'starting' || isPending(state) ? { status: 'cancelled' } : state;
    case 'dismiss':
      return isFinal(state) ? IDLE : state;
  }
}

function waitingSince(
  { expiresAt, isRedirect }: { readonly expiresAt: number; readonly isRedirect?: boolean },
  windowSeen: boolean,
): AttemptState {
  const state = { status: 'waiting', expiresAt, windowSeen } as const;
  return isRedirect === true ? { ...state, isRedirect } : state;
}

function afterOutcome(state: AttemptState, outcome: Outcome): AttemptState {
  // The user may have returned from the provider before the cancellation reached the server.
  if (state.status === 'cancelled' && outcome.status === 'succeeded') return outcome;
  // This page ended the attempt because it could not reach the server.
  if (state.status === 'expired' && ['succeeded', 'failed'].includes(outcome.status)) {
    return outcome as FinalState;
  }
  if (!isPending(state)) return state;
  // Another user has signed in, or the attempt ended more than an hour ago, so that the server no
  // longer knows it.
  if (outcome.status === 'unknown') return { status: 'failed', reason: 'attempt_not_found' };
  if (outcome.status !== 'pending') return outcome;
  const { expiresAt, accountChange } = outcome;
  const isSame =
    Math.abs(state.expiresAt - expiresAt) < CLOCK_NOISE_MS &&
    state.accountChange?.flowId === accountChange?.flowId;
  return isSame ? state : { ...state, expiresAt, accountChange };
}
