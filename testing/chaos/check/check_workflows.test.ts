import { describe, expect, it } from 'vitest';
import type { HistoryEvent, NewEvent } from '../history/events.ts';
import { WORKFLOW_TIMINGS } from '../plan/workflow_protocol.ts';
import { shapeWith } from '../plan/workflow_shapes.ts';
import { checkWorkflows } from './check_workflows.ts';

const POST = shapeWith('w', 'post');
const GET = shapeWith('w', 'get');
const PUT = shapeWith('w', 'put');

const started: NewEvent = {
  type: 'run_started',
  run: 'r',
  workflow: 'w',
  user: 'u_ana',
  worker: 'w1.1',
};
const final = (over: Partial<Extract<NewEvent, { type: 'run_final' }>> = {}): NewEvent => ({
  type: 'run_final',
  run: 'r',
  workflow: 'w',
  user: 'u_ana',
  statuses: ['completed'],
  steps: [{ step: 's1', status: 'completed' }],
  owners: [],
  isShownToOthers: false,
  ...over,
});
const request = (id: string, over: object = {}): NewEvent =>
  ({
    type: 'service_request',
    request: id,
    worker: 'w1.1',
    method: 'POST',
    run: 'r',
    step: 's1',
    item: '',
    content: '',
    ...over,
  }) as NewEvent;
const response = (id: string, over: object = {}): NewEvent =>
  ({ type: 'service_response', request: id, status: 200, isAborted: false, ...over }) as NewEvent;
const checked: NewEvent = { type: 'call_checked', worker: 'w1.1', run: 'r' };
const entry = (over: object = {}): NewEvent =>
  ({
    type: 'entry_written',
    worker: 'w1.1',
    run: 'r',
    seq: 1,
    epoch: 0,
    results: [],
    sentAt: 0,
    ...over,
  }) as NewEvent;
const written = (over: object = {}): NewEvent =>
  ({
    type: 'run_written',
    worker: 'w2.1',
    run: 'r',
    epoch: 1,
    status: 'running',
    isTaken: true,
    results: [],
    sentAt: 0,
    ...over,
  }) as NewEvent;

/** Returns the invariants that these events violate. One event happens per second. */
const violated = (events: readonly NewEvent[]): readonly number[] => {
  const sent = events.find((event) => event.type === 'service_request');
  const shape = { GET, PUT }[String(sent?.method)] ?? POST;
  const history = events.map((event, index) => ({ at: index * 1_000, ...event }) as HistoryEvent);
  return [
    ...new Set(
      checkWorkflows(history, [shape], WORKFLOW_TIMINGS).map(({ invariant }) => invariant),
    ),
  ];
};

const held = [started, checked, request('e1'), response('e1'), final()];

describe('the check of runs of workflows', () => {
  it('accepts a run that calls once and completes', () => {
    expect(violated(held)).toEqual([]);
  });

  it('accepts a second request after the service refused the first', () => {
    const refused = [checked, request('e0'), response('e0', { status: 409 })];
    expect(violated([started, ...refused, ...held.slice(1)])).toEqual([]);
  });

  it('accepts a call that is repeated with the same content', () => {
    const put = { method: 'PUT', content: '1' };
    const interrupted = [checked, request('e0', put), response('e0', { isAborted: true })];
    const repeated = [checked, request('e1', put), ...held.slice(3)];
    expect(violated([started, ...interrupted, ...repeated])).toEqual([]);
  });

  it.each<[number, string, readonly NewEvent[]]>([
    [1, 'a run that runs for ever', [...held.slice(0, -1), final({ statuses: ['running'] })]],
    [1, 'a run that no server lists', [started]],
    [
      2,
      'a call of a step whose result was stored before',
      [
        started,
        checked,
        request('e1', { method: 'GET' }),
        response('e1'),
        entry({ results: ['s1 '] }),
        checked,
        request('e2', { method: 'GET' }),
        response('e2'),
        final(),
      ],
    ],
    [
      3,
      'a second request after one without a known result',
      [started, request('e0'), response('e0', { isAborted: true }), ...held.slice(1)],
    ],
    [
      3,
      'a repeated call with other content',
      [
        started,
        checked,
        request('e0', { method: 'PUT', content: '1' }),
        response('e0', { isAborted: true }),
        checked,
        request('e1', { method: 'PUT', content: '2' }),
        ...held.slice(3),
      ],
    ],
    [
      4,
      'an entry of a former owner behind one of the new owner',
      [...held, entry({ epoch: 1 }), entry({ seq: 2, epoch: 0 })],
    ],
    [
      4,
      'a write of a former owner after the takeover',
      [...held, written(), written({ epoch: 0, isTaken: false, sentAt: 60_000 })],
    ],
    [
      4,
      'a write of a run that has ended',
      [
        ...held,
        written({ epoch: 0, isTaken: false, status: 'completed' }),
        written({ epoch: 0, isTaken: false, status: 'waiting', sentAt: 60_000 }),
      ],
    ],
    [
      5,
      'a call that continues after its run was cancelled',
      [
        started,
        request('e1', { method: 'GET' }),
        { type: 'run_cancelled', run: 'r' },
        ...[checked, checked, checked],
        response('e1'),
        final({ statuses: ['cancelled'] }),
      ],
    ],
    [
      6,
      'a call with the account of another user',
      [started, checked, request('e1', { owner: 'u_ben' }), response('e1'), final()],
    ],
    [6, 'an output of another user', [...held.slice(0, -1), final({ owners: ['u_ben'] })]],
    [6, 'data that others see', [...held.slice(0, -1), final({ isShownToOthers: true })]],
    [7, 'a completed run without its step', [started, final({ steps: [] })]],
    [7, 'a completed step without a request', [started, final({ statuses: ['failed'] })]],
    [
      7,
      'servers that show different states',
      [...held.slice(0, -1), final({ statuses: ['completed', 'failed'] })],
    ],
    [
      7,
      'an interrupted step although nothing happened',
      [
        started,
        final({
          statuses: ['failed'],
          errorType: 'StepInterrupted',
          steps: [{ step: 's1', status: 'failed', errorType: 'StepInterrupted' }],
        }),
      ],
    ],
    [
      7,
      'a run that nobody has cancelled',
      [...held.slice(0, -1), final({ statuses: ['cancelled'] })],
    ],
  ])('finds that invariant %i is violated by %s', (invariant, _, events) => {
    expect(violated(events)).toContain(invariant);
  });
});
