import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type AttemptEvent,
  type AttemptState,
  IDLE,
  isFinal,
  isPending,
  reduceAttempt,
} from './attempt.ts';

const AT = 1_000_000;
const URL = 'https://provider.example/';

const STATES = {
  idle: IDLE,
  starting: { status: 'starting' },
  blocked: { status: 'blocked', url: URL, expiresAt: AT },
  seen: { status: 'waiting', windowSeen: true, expiresAt: AT },
  unseen: { status: 'waiting', windowSeen: false, expiresAt: AT },
  succeeded: { status: 'succeeded', account: 'ana@example.com', accountChanged: false },
  failed: { status: 'failed', reason: 'provider_refused' },
  cancelled: { status: 'cancelled' },
  expired: { status: 'expired' },
} as const satisfies Record<string, AttemptState>;
const NOT_FOUND = { status: 'failed', reason: 'attempt_not_found' };
type Name = keyof typeof STATES;
const NAMES = Object.keys(STATES) as Name[];

const outcome = (
  value: Extract<AttemptEvent, { readonly type: 'outcome' }>['outcome'],
): AttemptEvent => ({ type: 'outcome', outcome: value });

const EVENTS = {
  start: { type: 'start' },
  started: { type: 'started', expiresAt: AT },
  windowBlocked: { type: 'window_blocked', url: URL, expiresAt: AT },
  startFailed: { type: 'start_failed', reason: 'provider_refused' },
  resumed: { type: 'resumed', expiresAt: AT },
  linkFollowed: { type: 'link_followed' },
  windowLost: { type: 'window_lost' },
  pending: outcome({ status: 'pending', expiresAt: AT }),
  success: outcome(STATES.succeeded),
  failure: outcome(STATES.failed),
  serverCancelled: outcome(STATES.cancelled),
  serverExpired: outcome(STATES.expired),
  unknown: outcome({ status: 'unknown' }),
  deadline: { type: 'deadline_passed' },
  cancel: { type: 'cancel' },
  dismiss: { type: 'dismiss' },
} as const satisfies Record<string, AttemptEvent>;
type EventName = keyof typeof EVENTS;

/**
 * State after each event in each state. A combination that is not listed does not change the state.
 */
const TABLE: Record<Name, Partial<Record<EventName, Name | 'notFound'>>> = {
  idle: { start: 'starting', resumed: 'unseen' },
  starting: {
    started: 'seen',
    windowBlocked: 'blocked',
    startFailed: 'failed',
    cancel: 'cancelled',
  },
  blocked: {
    resumed: 'unseen',
    linkFollowed: 'unseen',
    success: 'succeeded',
    failure: 'failed',
    serverCancelled: 'cancelled',
    serverExpired: 'expired',
    unknown: 'notFound',
    deadline: 'expired',
    cancel: 'cancelled',
  },
  seen: {
    resumed: 'unseen',
    windowLost: 'unseen',
    success: 'succeeded',
    failure: 'failed',
    serverCancelled: 'cancelled',
    serverExpired: 'expired',
    unknown: 'notFound',
    deadline: 'expired',
    cancel: 'cancelled',
  },
  unseen: {
    success: 'succeeded',
    failure: 'failed',
    serverCancelled: 'cancelled',
    serverExpired: 'expired',
    unknown: 'notFound',
    deadline: 'expired',
    cancel: 'cancelled',
  },
  succeeded: { start: 'starting', resumed: 'unseen', dismiss: 'idle' },
  failed: { start: 'starting', resumed: 'unseen', dismiss: 'idle' },
  // The user may have returned from the provider before the cancellation reached the server.
  cancelled: { start: 'starting', resumed: 'unseen', success: 'succeeded', dismiss: 'idle' },
  // The server could not be reached before the deadline.
  expired: {
    start: 'starting',
    resumed: 'unseen',
    success: 'succeeded',
    failure: 'failed',
    dismiss: 'idle',
  },
};

/** Events that change a final state. */
const LATE: ReadonlySet<EventName> = new Set(['start', 'resumed', 'dismiss', 'success', 'failure']);

describe('the state of an attempt', () => {
  const pairs = NAMES.flatMap((state) =>
    (Object.keys(EVENTS) as EventName[]).map((event) => [
      state,
      event,
      TABLE[state][event] ?? state,
    ]),
  ) as [Name, EventName, Name | 'notFound'][];

  it.each(pairs)('changes from %s by the event %s to %s', (state, event, expected) => {
    expect(reduceAttempt(STATES[state], EVENTS[event])).toEqual(
      expected === 'notFound' ? NOT_FOUND : STATES[expected],
    );
  });

  it('is the same object when an event changes nothing', () => {
    expect(reduceAttempt(STATES.seen, EVENTS.pending)).toBe(STATES.seen);
  });

  it('takes over a later deadline and a change of account that the server reports', () => {
    const accountChange = {
      flowId: 'f',
      connectedAccount: 'ana@example.com',
      newAccount: 'ben@example.com',
      canChange: true,
    };
    const next = reduceAttempt(
      STATES.seen,
      outcome({ status: 'pending', expiresAt: AT + 60_000, accountChange }),
    );
    expect(next).toEqual({ ...STATES.seen, expiresAt: AT + 60_000, accountChange });
  });

  it('ignores a new deadline that differs by less than the clocks are accurate', () => {
    const pending = outcome({ status: 'pending', expiresAt: AT + 900 });
    expect(reduceAttempt(STATES.seen, pending)).toBe(STATES.seen);
  });

  it('is never a success, in any order of events, unless the server has reported it', () => {
    const hints = Object.values(EVENTS).filter((event) => event !== EVENTS.success);
    fc.assert(
      fc.property(
        fc.constantFrom(...NAMES.filter((name) => name !== 'succeeded')),
        fc.array(fc.constantFrom(...hints), { maxLength: 30 }),
        (start, events) => {
          const initial: AttemptState = STATES[start];
          const end = events.reduce<AttemptState>(reduceAttempt, initial);
          expect(end.status).not.toBe('succeeded');
        },
      ),
    );
  });

  it('is final until a new attempt, a dismissal, or a late outcome changes it', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...NAMES),
        fc.constantFrom(...(Object.keys(EVENTS) as EventName[])),
        (state, event) => {
          if (!isFinal(STATES[state])) return;
          const next = reduceAttempt(STATES[state], EVENTS[event]);
          const leaves = next.status !== STATES[state].status;
          expect(leaves && !LATE.has(event)).toBe(false);
        },
      ),
    );
  });
});

it('the state of an attempt is pending when blocked or waiting, and final when the attempt has ended', () => {
  expect(NAMES.filter((name) => isPending(STATES[name]))).toEqual(['blocked', 'seen', 'unseen']);
  expect(NAMES.filter((name) => isFinal(STATES[name]))).toEqual([
    'succeeded',
    'failed',
    'cancelled',
    'expired',
  ]);
});
