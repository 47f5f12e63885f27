import { describe, expect, it } from 'vitest';
import type { HistoryEvent, NewEvent } from '../history/events.ts';
import { checkHistory } from './check_history.ts';

const ana = { user: 'u_ana', connector: 'files' };
const client = 'files-client';

/** Returns events at 0, 10, 20, … milliseconds. */
const history = (...events: readonly NewEvent[]): HistoryEvent[] =>
  events.map((event, index) => ({ at: index * 10, ...event }) as HistoryEvent);

const violated = (...events: readonly NewEvent[]): number[] => [
  ...new Set(checkHistory(history(...events)).map(({ invariant }) => invariant)),
];

const CONNECTED: readonly NewEvent[] = [
  { type: 'op_start', op: 'o1', worker: 'w1.1', what: 'connect', ...ana },
  { type: 'issued', family: 'f1', client, ...ana },
  { type: 'op_end', op: 'o1', acknowledged: true, family: 'f1' },
];
const presented = (presentation: string, worker: string): NewEvent => ({
  type: 'presented',
  presentation,
  worker,
  token: 't1',
  family: 'f1',
  client,
  ...ana,
});
const rotated = (presentation: string): NewEvent => ({
  type: 'acted',
  presentation,
  result: 'rotated',
  code: 'rotated',
});
const responded = (presentation: string, lost = false): NewEvent => ({
  type: 'responded',
  presentation,
  lost,
});
const finalState = (over: Partial<Extract<NewEvent, { type: 'final_state' }>> = {}): NewEvent => ({
  type: 'final_state',
  ...ana,
  statuses: ['connected', 'connected'],
  lastError: undefined,
  probe: 'ok',
  probeFamily: 'f1',
  aliveFamilies: ['f1'],
  inOutbox: false,
  ...over,
});
const called = (over: { readonly user?: string; readonly client?: string } = {}): NewEvent[] => [
  { type: 'call_start', call: 'c1', worker: 'w1.1', deadlineMs: 1000, ...ana },
  {
    type: 'api_request',
    call: 'c1',
    worker: 'w1.1',
    client: over.client ?? client,
    token: 'a1',
    ...ana,
    user: over.user ?? ana.user,
    owner: { ...ana, family: 'f1', client },
    status: 200,
  },
  { type: 'call_end', call: 'c1', response: 'ok', code: undefined, waitedWithFreshToken: false },
];
const DISCONNECTED: readonly NewEvent[] = [
  { type: 'op_start', op: 'o2', worker: 'w2.1', what: 'disconnect', ...ana },
  { type: 'op_end', op: 'o2', acknowledged: true },
];
const ENDED = { statuses: ['not_connected'], probe: 'authorize', probeFamily: undefined } as const;

describe('the check of a history', () => {
  it('reports no violation for a correct history', () => {
    const rotation = [presented('p1', 'w1.1'), rotated('p1'), responded('p1')];
    expect(violated(...CONNECTED, ...rotation, ...called(), finalState())).toEqual([]);
    const over = finalState({ ...ENDED, aliveFamilies: [] });
    expect(violated(...CONNECTED, ...called(), ...DISCONNECTED, over)).toEqual([]);
  });

  it('invariant 1: reports a token that is presented again though its response arrived', () => {
    const twice = [
      presented('p1', 'w1.1'),
      rotated('p1'),
      responded('p1'),
      presented('p2', 'w2.1'),
    ];
    expect(violated(...CONNECTED, ...twice)).toEqual([1]);
  });

  it('invariant 1: reports a second presentation while the first is in progress, or while its process is only suspended', () => {
    const overlap = [presented('p1', 'w1.1'), presented('p2', 'w2.1')];
    expect(violated(...CONNECTED, ...overlap)).toEqual([1]);
    const stopped: NewEvent[] = [
      presented('p1', 'w1.1'),
      { type: 'stopped', worker: 'w1.1' },
      rotated('p1'),
      responded('p1'),
      presented('p2', 'w2.1'),
      { type: 'continued', worker: 'w1.1' },
    ];
    expect(violated(...CONNECTED, ...stopped)).toEqual([1]);
  });

  it.each<readonly [string, readonly NewEvent[]]>([
    ['the connection was cut', [rotated('p1'), responded('p1', true)]],
    ['the presenter was killed', [rotated('p1'), { type: 'killed', worker: 'w1.1' }]],
    [
      'the presenter gave up waiting',
      [
        {
          type: 'refresh_ended',
          worker: 'w1.1',
          presentation: undefined,
          token: 't1',
          outcome: 'timeout',
        },
      ],
    ],
    [
      'the store did not save the tokens',
      [rotated('p1'), responded('p1'), { type: 'store_fault', worker: 'w1.1', mode: 'all' }],
    ],
    [
      'the provider had not acted',
      [{ type: 'acted', presentation: 'p1', result: 'nothing', code: '503' }, responded('p1')],
    ],
  ])('invariant 1: allows a second presentation when %s', (_, between) => {
    expect(
      violated(...CONNECTED, presented('p1', 'w1.1'), ...between, presented('p2', 'w2.1')),
    ).toEqual([]);
  });

  it('invariant 1: allows a second presentation when the first arrived after the death of its sender', () => {
    const first = [presented('p1', 'w1.1'), rotated('p1'), responded('p1')];
    expect(
      violated(...CONNECTED, { type: 'killed', worker: 'w1.1' }, ...first, presented('p2', 'w2.1')),
    ).toEqual([]);
  });

  it('invariant 2: reports a call with a token of another user, and one with a token of the connector before its edit', () => {
    expect(violated(...CONNECTED, ...called({ user: 'u_ben' }))).toEqual([2]);
    expect(violated(...CONNECTED, ...called({ client: 'files-client-2' }))).toEqual([2]);
  });

  it('invariant 3: reports a request that begins after the disconnect was acknowledged', () => {
    const over = finalState({ ...ENDED, aliveFamilies: [] });
    expect(violated(...CONNECTED, ...DISCONNECTED, ...called(), over)).toEqual([3]);
  });

  it('invariant 3: reports a grant that is active at the provider, unless it waits in the outbox', () => {
    expect(violated(...CONNECTED, ...DISCONNECTED, finalState(ENDED))).toEqual([3]);
    const waits = finalState({ ...ENDED, statuses: ['revocation_pending'], inOutbox: true });
    expect(violated(...CONNECTED, ...DISCONNECTED, waits)).toEqual([]);
  });

  it('invariant 3: reports a superseded grant that is still active after its successor was ended', () => {
    const again: readonly NewEvent[] = [
      { type: 'issued', family: 'f2', client, ...ana },
      { type: 'op_start', op: 'o9', worker: 'w1.1', what: 'connect', ...ana },
      { type: 'op_end', op: 'o9', acknowledged: true, family: 'f2' },
    ];
    const left = (...aliveFamilies: string[]) => finalState({ ...ENDED, aliveFamilies });
    expect(violated(...CONNECTED, ...again, ...DISCONNECTED, left('f1'))).toEqual([3]);
    expect(violated(...CONNECTED, ...again, ...DISCONNECTED, left())).toEqual([]);
  });

  it('invariant 3: reports a grant that a mass revocation skipped because the clock of its server was ahead', () => {
    const ahead: NewEvent = { type: 'clock', worker: 'w1.1', offsetMs: 300_000, skewMs: 300_000 };
    const revoked: readonly NewEvent[] = [
      { type: 'op_start', op: 'o2', worker: 'w2.1', what: 'mass_revoke' },
      { type: 'op_end', op: 'o2', acknowledged: true },
    ];
    expect(violated(ahead, ...CONNECTED, ...revoked, finalState(ENDED))).toEqual([3]);
  });

  it('invariant 4: reports a grant that ended because of reuse although no response was lost', () => {
    expect(violated({ type: 'family_ended', family: 'f1', cause: 'reuse' })).toEqual([4]);
  });

  it('invariant 4: reports a status that says the provider revoked the grant when a response was lost', () => {
    const lost: NewEvent[] = [
      presented('p1', 'w1.1'),
      rotated('p1'),
      responded('p1', true),
      { type: 'family_ended', family: 'f1', cause: 'reuse' },
    ];
    const needsReauth = { ...ENDED, statuses: ['needs_reauth'], aliveFamilies: [] };
    const truthful = finalState({ ...needsReauth, lastError: 'refresh_response_lost' });
    expect(violated(...CONNECTED, ...lost, truthful)).toEqual([]);
    expect(
      violated(...CONNECTED, ...lost, finalState({ ...needsReauth, lastError: 'token_revoked' })),
    ).toEqual([4]);
  });

  it('invariant 4: accepts any reason when the provider acted on a request long after it was given up', () => {
    const late: NewEvent[] = [
      presented('p1', 'w1.1'),
      responded('p1', true),
      presented('p2', 'w1.1'),
      rotated('p2'),
      responded('p2'),
      { type: 'family_ended', family: 'f1', cause: 'reuse' },
      { type: 'acted', presentation: 'p1', result: 'reuse', code: 'reuse' },
    ];
    const needsReauth = { ...ENDED, statuses: ['needs_reauth'], aliveFamilies: [] };
    const wrongReason = finalState({ ...needsReauth, lastError: 'token_revoked' });
    expect(violated(...CONNECTED, ...late, wrongReason)).toEqual([]);
  });

  it('invariant 4: reports a caller who is asked to authorize although the grant is active', () => {
    const [start] = called();
    const sent: NewEvent[] = [
      ...(start === undefined ? [] : [start]),
      {
        type: 'call_end',
        call: 'c1',
        response: 'authorize',
        code: 'token_revoked',
        waitedWithFreshToken: false,
      },
    ];
    expect(violated(...CONNECTED, ...sent, finalState())).toEqual([4]);
  });

  it('invariant 5: reports a call without a response, unless its process was killed', () => {
    const [start] = called();
    const lost = start === undefined ? [] : [start];
    expect(violated(...CONNECTED, ...lost, finalState())).toEqual([5]);
    expect(
      violated(...CONNECTED, ...lost, { type: 'killed', worker: 'w1.1' }, finalState()),
    ).toEqual([]);
  });

  it('invariant 5: reports a response after the deadline, an unclassified error, a reader that waited and a process that crashed', () => {
    const [start] = called();
    const begun = start === undefined ? [] : [start];
    const end = { type: 'call_end', call: 'c1', response: 'ok', code: undefined } as const;
    const late = history(...CONNECTED, ...begun).concat([
      { at: 10_000, ...end, waitedWithFreshToken: false },
    ]);
    expect(checkHistory(late).map(({ invariant }) => invariant)).toEqual([5]);
    expect(violated(...CONNECTED, ...begun, { ...end, waitedWithFreshToken: true })).toEqual([5]);
    const odd = { ...end, response: 'unclassified', waitedWithFreshToken: false } as const;
    expect(violated(...CONNECTED, ...begun, odd)).toEqual([5]);
    expect(violated({ type: 'crashed', worker: 'w1.1' })).toEqual([5]);
  });

  it('invariant 6: reports different statuses of processes, and a status that is not true', () => {
    expect(
      violated(...CONNECTED, finalState({ statuses: ['connected', 'not_connected'] })),
    ).toEqual([6]);
    expect(violated(...CONNECTED, finalState({ statuses: ['refresh_failing'] }))).toEqual([6]);
    const stale = finalState({ ...ENDED, statuses: ['connected'], aliveFamilies: [] });
    expect(violated(stale)).toEqual([6]);
    const unfinished = finalState({
      ...ENDED,
      statuses: ['revocation_pending'],
      aliveFamilies: [],
    });
    expect(violated(unfinished)).toEqual([6]);
  });

  it('invariant 7: reports a secret in a message', () => {
    expect(violated({ type: 'leak', where: 'a response of w1.1' })).toEqual([7]);
  });
});
