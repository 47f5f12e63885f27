import { describe, expect, it } from '@jest/globals';
import type { HistoryEvent, NewEvent } from '../history/events.ts';
import { checkHistory } from './check_history.ts';

const ana = { user: 'u_ana', connector: 'files' };
const client = 'files-client';

/** Events at 0, 10, 20, … */
const history = (...events: readonly NewEvent[]): HistoryEvent[] =>
  events.map((event, index) => ({ at: index * 10, ...event }) as HistoryEvent);

const broken = (...events: readonly NewEvent[]): number[] => [
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
  type: 'answered',
  presentation,
  lost,
});
const verdict = (over: Partial<Extract<NewEvent, { type: 'verdict' }>> = {}): NewEvent => ({
  type: 'verdict',
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
  { type: 'call_end', call: 'c1', response: 'ok', code: undefined, waitedThoughFresh: false },
];
const DISCONNECTED: readonly NewEvent[] = [
  { type: 'op_start', op: 'o2', worker: 'w2.1', what: 'disconnect', ...ana },
  { type: 'op_end', op: 'o2', acknowledged: true },
];
const GONE = { statuses: ['not_connected'], probe: 'authorize', probeFamily: undefined } as const;

describe('deciding a history', () => {
  it('finds nothing wrong with a day on which all went well', () => {
    const rotation = [presented('p1', 'w1.1'), rotated('p1'), responded('p1')];
    expect(broken(...CONNECTED, ...rotation, ...called(), verdict())).toEqual([]);
    const over = verdict({ ...GONE, aliveFamilies: [] });
    expect(broken(...CONNECTED, ...called(), ...DISCONNECTED, over)).toEqual([]);
  });

  it('1: objects to a token that is presented again though its answer arrived', () => {
    const twice = [
      presented('p1', 'w1.1'),
      rotated('p1'),
      responded('p1'),
      presented('p2', 'w2.1'),
    ];
    expect(broken(...CONNECTED, ...twice)).toEqual([1]);
  });

  it('1: objects to two presentations that overlap, and to one whose first presenter is merely stopped', () => {
    const overlap = [presented('p1', 'w1.1'), presented('p2', 'w2.1')];
    expect(broken(...CONNECTED, ...overlap)).toEqual([1]);
    const stopped: NewEvent[] = [
      presented('p1', 'w1.1'),
      { type: 'stopped', worker: 'w1.1' },
      rotated('p1'),
      responded('p1'),
      presented('p2', 'w2.1'),
      { type: 'continued', worker: 'w1.1' },
    ];
    expect(broken(...CONNECTED, ...stopped)).toEqual([1]);
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
      'the store did not take the tokens',
      [rotated('p1'), responded('p1'), { type: 'store_fault', worker: 'w1.1', mode: 'all' }],
    ],
    [
      'the provider had not acted',
      [{ type: 'acted', presentation: 'p1', result: 'nothing', code: '503' }, responded('p1')],
    ],
  ])('1: allows a second presentation when %s', (_, between) => {
    expect(
      broken(...CONNECTED, presented('p1', 'w1.1'), ...between, presented('p2', 'w2.1')),
    ).toEqual([]);
  });

  it('1: allows a second presentation when the first arrived after the death of its sender', () => {
    const first = [presented('p1', 'w1.1'), rotated('p1'), responded('p1')];
    expect(
      broken(...CONNECTED, { type: 'killed', worker: 'w1.1' }, ...first, presented('p2', 'w2.1')),
    ).toEqual([]);
  });

  it('2: objects to a token of somebody else, and to one of the connector as it was', () => {
    expect(broken(...CONNECTED, ...called({ user: 'u_ben' }))).toEqual([2]);
    expect(broken(...CONNECTED, ...called({ client: 'files-client-2' }))).toEqual([2]);
  });

  it('3: objects to a request that begins after the disconnect was acknowledged', () => {
    const over = verdict({ ...GONE, aliveFamilies: [] });
    expect(broken(...CONNECTED, ...DISCONNECTED, ...called(), over)).toEqual([3]);
  });

  it('3: objects to a grant that lives on upstream, unless it waits in the outbox', () => {
    expect(broken(...CONNECTED, ...DISCONNECTED, verdict(GONE))).toEqual([3]);
    const waits = verdict({ ...GONE, statuses: ['revocation_pending'], inOutbox: true });
    expect(broken(...CONNECTED, ...DISCONNECTED, waits)).toEqual([]);
  });

  it('3: objects to a superseded grant that lives on after the one that superseded it was ended', () => {
    const again: readonly NewEvent[] = [
      { type: 'issued', family: 'f2', client, ...ana },
      { type: 'op_start', op: 'o9', worker: 'w1.1', what: 'connect', ...ana },
      { type: 'op_end', op: 'o9', acknowledged: true, family: 'f2' },
    ];
    const left = (...aliveFamilies: string[]) => verdict({ ...GONE, aliveFamilies });
    expect(broken(...CONNECTED, ...again, ...DISCONNECTED, left('f1'))).toEqual([3]);
    expect(broken(...CONNECTED, ...again, ...DISCONNECTED, left())).toEqual([]);
  });

  it('4: objects to a family that ended by reuse without a lost answer', () => {
    expect(broken({ type: 'family_ended', family: 'f1', cause: 'reuse' })).toEqual([4]);
  });

  it('4: objects to a status that blames the provider for a lost answer', () => {
    const lost: NewEvent[] = [
      presented('p1', 'w1.1'),
      rotated('p1'),
      responded('p1', true),
      { type: 'family_ended', family: 'f1', cause: 'reuse' },
    ];
    const told = { ...GONE, statuses: ['needs_reauth'], aliveFamilies: [] };
    const honest = verdict({ ...told, lastError: 'refresh_response_lost' });
    expect(broken(...CONNECTED, ...lost, honest)).toEqual([]);
    expect(broken(...CONNECTED, ...lost, verdict({ ...told, lastError: 'token_revoked' }))).toEqual(
      [4],
    );
  });

  it('4: asks nobody to know that the provider acted on a request that was given up long before', () => {
    const late: NewEvent[] = [
      presented('p1', 'w1.1'),
      responded('p1', true),
      presented('p2', 'w1.1'),
      rotated('p2'),
      responded('p2'),
      { type: 'family_ended', family: 'f1', cause: 'reuse' },
      { type: 'acted', presentation: 'p1', result: 'reuse', code: 'reuse' },
    ];
    const told = { ...GONE, statuses: ['needs_reauth'], aliveFamilies: [] };
    const verdictOf = verdict({ ...told, lastError: 'token_revoked' });
    expect(broken(...CONNECTED, ...late, verdictOf)).toEqual([]);
  });

  it('4: objects to a caller who is sent to authorize while the grant lives', () => {
    const [start] = called();
    const sent: NewEvent[] = [
      ...(start === undefined ? [] : [start]),
      {
        type: 'call_end',
        call: 'c1',
        response: 'authorize',
        code: 'token_revoked',
        waitedThoughFresh: false,
      },
    ];
    expect(broken(...CONNECTED, ...sent, verdict())).toEqual([4]);
  });

  it('5: objects to a call that is never answered, unless its process was killed', () => {
    const [start] = called();
    const lost = start === undefined ? [] : [start];
    expect(broken(...CONNECTED, ...lost, verdict())).toEqual([5]);
    expect(broken(...CONNECTED, ...lost, { type: 'killed', worker: 'w1.1' }, verdict())).toEqual(
      [],
    );
  });

  it('5: objects to a late answer, an error of no class, a reader that waited and a process that ended by itself', () => {
    const [start] = called();
    const begun = start === undefined ? [] : [start];
    const end = { type: 'call_end', call: 'c1', response: 'ok', code: undefined } as const;
    const late = history(...CONNECTED, ...begun).concat([
      { at: 10_000, ...end, waitedThoughFresh: false },
    ]);
    expect(checkHistory(late).map(({ invariant }) => invariant)).toEqual([5]);
    expect(broken(...CONNECTED, ...begun, { ...end, waitedThoughFresh: true })).toEqual([5]);
    const odd = { ...end, response: 'unclassified', waitedThoughFresh: false } as const;
    expect(broken(...CONNECTED, ...begun, odd)).toEqual([5]);
    expect(broken({ type: 'crashed', worker: 'w1.1' })).toEqual([5]);
  });

  it('6: objects to processes that disagree, and to a status that is not the truth', () => {
    expect(broken(...CONNECTED, verdict({ statuses: ['connected', 'not_connected'] }))).toEqual([
      6,
    ]);
    expect(broken(...CONNECTED, verdict({ statuses: ['refresh_failing'] }))).toEqual([6]);
    const stale = verdict({ ...GONE, statuses: ['connected'], aliveFamilies: [] });
    expect(broken(stale)).toEqual([6]);
    const stuck = verdict({ ...GONE, statuses: ['revocation_pending'], aliveFamilies: [] });
    expect(broken(stuck)).toEqual([6]);
  });

  it('7: objects to a secret in a message', () => {
    expect(broken({ type: 'leak', where: 'an answer of w1.1' })).toEqual([7]);
  });
});
