import { describe, expect, it } from 'vitest';
import { RunCancelled } from './interruptions.ts';
import { responseKey } from './pause_steps.ts';
import { TestRun, workflow } from './run.mock.ts';
import type { CallResult } from './run_ports.ts';

const set = (name: string, value: string) => `
- name: ${name}
  type: data.set
  with: { x: "${value}" }`;

/** A workflow for each construct, with the trace and the last output that it leads to. */
describe('a run with a large input', () => {
  it('fails the step whose input is too large to be stored, and follows its `on-failure`', async () => {
    const run = new TestRun(
      workflow(`
- name: big
  type: data.set
  with: { a: "\${{ inputs.value }}", b: "\${{ inputs.value }}" }
  on-failure: { continue: true }
- { name: after, type: data.set, with: { type: "{{ steps.big.error.type }}" } }
`),
      { inputs: { value: 'x'.repeat(9_000_000) } },
    );
    expect(await run.execute()).toMatchObject({ status: 'completed' });
    expect(run.output('after')).toEqual({ type: 'StepSizeLimitExceeded' });
    expect(JSON.stringify(run.steps).length).toBeLessThan(10_000);
  });
});

describe('a run', () => {
  it('completes after its last step, and passes variables and outputs to later steps', async () => {
    const run = new TestRun(
      workflow(`
- name: first
  type: data.set
  with: { a: 1, b: "\${{ inputs.list }}" }
- name: second
  type: data.set
  with: { sum: "\${{ variables.a | plus: 1 }}", text: "{{ steps.first.output.b | size }}" }
`),
      { inputs: { list: [1, 2] } },
    );
    expect(await run.execute()).toEqual({ kind: 'ended', status: 'completed' });
    expect(run.trace).toEqual(['first completed', 'second completed']);
    expect(run.output('second')).toEqual({ sum: 2, text: '2' });
  });

  it('passes no value for an input that the caller has left out', async () => {
    const run = new TestRun(
      workflow(`
- name: search
  type: files.list
  connector-id: c1
  with:
    query: "\${{inputs.query}}"
    pageSize: \${{inputs.pageSize}}
`),
      { inputs: { query: 'x' } },
    );
    await run.execute();
    expect(run.calls).toMatchObject([{ connectorId: 'c1', type: 'files.list' }]);
    expect(run.calls[0]?.input).toEqual({ query: 'x' });
  });

  it('fails with the error of the step that failed', async () => {
    const run = new TestRun(
      workflow(`
- name: bad
  type: files.list
  connector-id: c1
${set('never', '1')}
`),
      { call: () => ({ kind: 'failed', error: { type: 'X', message: 'no' } }) },
    );
    expect(await run.execute()).toEqual({
      kind: 'ended',
      status: 'failed',
      failedStep: 'bad',
      error: { type: 'X', message: 'no' },
    });
    expect(run.trace).toEqual(['bad failed']);
  });
});

describe('flow control', () => {
  it.each([
    ['true', ['yes completed']],
    ['false', ['no completed']],
  ])('executes the matching branch of `if` when the condition is %s', async (value, trace) => {
    const run = new TestRun(
      workflow(`
- name: choose
  type: if
  condition: "\${{ inputs.value }}"
  steps:
    - { name: yes, type: data.set, with: { x: 1 } }
  else:
    - { name: no, type: data.set, with: { x: 1 } }
`),
      { inputs: { value: value === 'true' } },
    );
    await run.execute();
    expect(run.trace).toEqual(trace);
  });

  it('executes the first case of `switch` whose value equals the expression as text', async () => {
    const run = new TestRun(
      workflow(`
- name: choose
  type: switch
  expression: "\${{ inputs.value }}"
  cases:
    - { match: "1", steps: [{ name: one, type: data.set, with: { x: 1 } }] }
    - { match: 2, steps: [{ name: two, type: data.set, with: { x: "{{ steps.choose.matchedIndex }}" } }] }
  default:
    - { name: other, type: data.set, with: { x: 1 } }
`),
      { inputs: { value: 2 } },
    );
    await run.execute();
    expect(run.trace).toEqual(['two completed']);
    expect(run.output('two')).toEqual({ x: '1' });
  });

  it('executes the steps of `foreach` for each member, with `loop.break` and `loop.continue`', async () => {
    const run = new TestRun(
      workflow(`
- name: loop
  type: foreach
  foreach: "{{ inputs.list }}"
  steps:
    - { name: skip, type: loop.continue, if: "foreach.item : 2" }
    - { name: stop, type: loop.break, if: "foreach.item : 4" }
    - { name: body, type: data.set, with: { x: "\${{ foreach.item }}", i: "\${{ foreach.index }}" } }
- name: after
  type: data.set
  with: { total: "\${{ steps.loop.total }}", last: "\${{ steps.loop.item }}" }
`),
      { inputs: { list: [1, 2, 3, 4, 5] } },
    );
    await run.execute();
    expect(run.trace.filter((line) => line.includes('body') || line.includes('after'))).toEqual([
      'loop[0]/body completed',
      'loop[2]/body completed',
      'after completed',
    ]);
    expect(run.output('after')).toEqual({ total: 5, last: 4 });
  });

  it('executes the steps of `while` at least once, until the condition is false', async () => {
    const run = new TestRun(
      workflow(`
- name: loop
  type: while
  condition: "while.iteration < 3"
  steps:
    - { name: body, type: data.set, with: { x: "\${{ while.iteration }}" } }
- { name: after, type: data.set, with: { why: "{{ steps.loop.output.exitReason }}" } }
`),
    );
    await run.execute();
    expect(run.trace).toHaveLength(4);
    expect(run.output('after')).toEqual({ why: 'condition' });
  });

  it('shows the number of the iteration of `while`, and no reason of its end after `loop.break`', async () => {
    const run = new TestRun(
      workflow(`
- name: loop
  type: while
  condition: true
  steps:
    - { name: body, type: data.set, with: { x: "\${{ steps.loop.iteration }}" } }
    - { name: stop, type: loop.break, if: "while.iteration : 1" }
- { name: after, type: data.set, with: { n: "\${{ steps.loop.iteration }}", why: "{{ steps.loop.output | json }}" } }
`),
    );
    await run.execute();
    expect(run.output('after')).toEqual({ n: 1, why: '{}' });
    expect(run.output('body')).toEqual({ x: 1 });
  });

  it('lets templates read a step by its `id`, even after branches', async () => {
    const run = new TestRun(
      workflow(`
- { name: First step, id: first, type: data.set, with: { x: 1 } }
- name: both
  type: parallel
  branches:
    - { name: a, steps: [{ name: Inner, id: inner, type: data.set, with: { y: "\${{ steps.first.output.x }}" } }] }
    - { name: b, steps: [{ name: Other, type: data.set, with: { z: 1 } }] }
- { name: after, type: data.set, with: { x: "\${{ steps.first.output.x }}", y: "\${{ steps.inner.output.y }}", n: "\${{ steps['First step'].output.x }}" } }
`),
    );
    expect(await run.execute()).toMatchObject({ status: 'completed' });
    expect(run.output('after')).toEqual({ x: 1, y: 1, n: 1 });
  });

  it('repeats a step with its own `foreach`, and keeps the last output', async () => {
    const run = new TestRun(
      workflow(`
- { name: each, type: files.create, connector-id: c1, foreach: "\${{ inputs.list }}", with: { n: "\${{ foreach.item }}" } }
- { name: after, type: data.set, with: { x: "\${{ steps.each.output.n }}" } }
`),
      { inputs: { list: ['a', 'b'] } },
    );
    await run.execute();
    expect(run.trace).toEqual([
      'each[0]/each completed',
      'each[1]/each completed',
      'after completed',
    ]);
    expect(run.output('after')).toEqual({ x: 'b' });
  });

  it('ends the whole run with outputs from inside a loop', async () => {
    const run = new TestRun(
      workflow(`
- name: loop
  type: foreach
  foreach: [1, 2]
  steps:
    - { name: end, type: workflow.output, with: { n: "\${{ foreach.item }}" } }
${set('never', '1')}
`),
    );
    expect(await run.execute()).toEqual({ kind: 'ended', status: 'completed', output: { n: 1 } });
  });
});

describe('`on-failure`', () => {
  const failing = (times: number) => {
    let left = times;
    return () =>
      left-- > 0
        ? ({ kind: 'failed', error: { type: 'X', message: `left ${left}` } } as const)
        : ({ kind: 'completed', output: { ok: true } } as const);
  };
  const step = (policy: string) =>
    workflow(`
- name: call
  type: files.list
  connector-id: c1
  on-failure: ${policy}
- { name: after, type: data.set, with: { e: "{{ steps.call.error.message }}", ok: "\${{ steps.call.output.ok }}" } }
`);

  it('repeats a step at most max-attempts times', async () => {
    const run = new TestRun(step('{ retry: { max-attempts: 2, delay: 1s } }'), {
      call: failing(2),
    });
    expect(await run.execute()).toMatchObject({ status: 'completed' });
    expect(run.trace).toEqual([
      'call failed',
      'call@1 failed',
      'call@2 completed',
      'after completed',
    ]);
    expect(run.output('after')).toEqual({ e: '', ok: true });
  });

  it('fails with the last error when no attempt is left', async () => {
    const run = new TestRun(step('{ retry: { max-attempts: 2 } }'), { call: failing(9) });
    expect(await run.execute()).toMatchObject({ status: 'failed', error: { message: 'left 6' } });
    expect(run.calls).toHaveLength(3);
  });

  it('executes the fallback and then fails, unless `continue` is set', async () => {
    const fallback = '[{ name: fix, type: data.set, with: { m: "{{ error.message }}" } }]';
    const failed = new TestRun(step(`{ fallback: ${fallback} }`), { call: failing(9) });
    expect(await failed.execute()).toMatchObject({ status: 'failed', failedStep: 'call' });
    expect(failed.output('fix')).toEqual({ m: 'left 8' });
    const goesOn = new TestRun(step(`{ fallback: ${fallback}, continue: true }`), {
      call: failing(9),
    });
    expect(await goesOn.execute()).toMatchObject({ status: 'completed' });
    expect(goesOn.output('after')).toEqual({ e: 'left 8' });
  });
});

describe('a run that waits', () => {
  it('leaves memory for a long wait and continues when the wait ends', async () => {
    const run = new TestRun(
      workflow(`
${set('before', "{{ now | date: '%s' }}")}
- { name: pause, type: wait, with: { duration: 1h } }
${set('after', '{{ steps.before.output.x }}')}
`),
    );
    const first = await run.execute();
    expect(first).toMatchObject({ kind: 'waiting', waits: [{ kind: 'time', stepKey: 'pause' }] });
    run.crash();
    run.now += 3_600_000;
    expect(await run.execute()).toMatchObject({ status: 'completed' });
    expect(run.trace).toEqual(['before completed', 'pause completed', 'after completed']);
    expect(run.output('after')).toEqual(run.output('before'));
  });

  it('continues after a response, and uses the response as the output of the step', async () => {
    const run = new TestRun(
      workflow(`
- { name: ask, type: waitForApproval, with: { message: ok? } }
- { name: after, type: data.set, with: { ok: "\${{ steps.ask.output.response.approved }}" } }
`),
    );
    expect(await run.execute()).toMatchObject({ kind: 'waiting', waits: [{ kind: 'input' }] });
    run.add(responseKey('ask'), {
      response: { approved: true },
      respondedBy: 'ana',
      respondedAt: 'x',
    });
    expect(await run.execute()).toMatchObject({ status: 'completed' });
    expect(run.output('after')).toEqual({ ok: true });
  });

  it('waits since the start of the call, because its user may authorize the connector during the call', async () => {
    const run: TestRun = new TestRun(
      workflow('- { name: call, type: files.create, connector-id: c1 }'),
      {
        call: () => {
          run.now += 500;
          const error = { type: 'ConnectorAuthorizationError', message: 'authorize' };
          return { kind: 'unauthorized', connectorId: 'c1', error };
        },
      },
    );
    const since = run.now;
    expect(await run.execute()).toMatchObject({ waits: [{ kind: 'authorization', since }] });
  });

  it('continues at the same step when its user has authorized the connector', async () => {
    let isAuthorized = false;
    const run = new TestRun(workflow('- { name: call, type: files.create, connector-id: c1 }'), {
      call: () =>
        isAuthorized
          ? { kind: 'completed', output: 'done' }
          : {
              kind: 'unauthorized',
              connectorId: 'c1',
              error: { type: 'ConnectorAuthorizationError', message: 'authorize' },
            },
    });
    expect(await run.execute()).toMatchObject({
      kind: 'waiting',
      waits: [{ kind: 'authorization', connectorId: 'c1' }],
    });
    run.crash();
    isAuthorized = true;
    expect(await run.execute()).toMatchObject({ status: 'completed' });
    expect(run.trace).toEqual(['call completed']);
  });
});

describe('a run after a crash', () => {
  const call = workflow('- { name: call, type: files.create, connector-id: c1 }');
  /** Calls of which the first is sent by a process that ends before the response arrives. */
  const endsDuringFirstCall = () => {
    let isFirst = true;
    return (): CallResult => {
      if (!isFirst) return { kind: 'completed', output: 1 };
      isFirst = false;
      throw new Error('the process ends');
    };
  };

  it('does not repeat a call that may have been sent', async () => {
    const run = new TestRun(call, {
      call: () => {
        throw new Error('the process ends');
      },
    });
    await expect(run.execute()).rejects.toThrow('the process ends');
    run.crash();
    expect(await run.execute()).toMatchObject({
      status: 'failed',
      error: { type: 'StepInterrupted' },
    });
    expect(run.calls).toHaveLength(1);
  });

  it.each([
    ['repeats a call with its idempotency key', [true, true], 'completed', 2],
    ['does not repeat a call that was sent without an idempotency key', [false, true], 'failed', 1],
    [
      'does not repeat a call that would now be sent without its idempotency key',
      [true, false],
      'failed',
      1,
    ],
  ] as const)('%s', async (_, keys, status, sent) => {
    const responses = [...keys];
    const run = new TestRun(call, {
      sendsKey: () => responses.shift() ?? false,
      call: endsDuringFirstCall(),
    });
    await expect(run.execute()).rejects.toThrow('the process ends');
    run.crash();
    expect(await run.execute()).toMatchObject({ status });
    expect(run.calls).toHaveLength(sent);
    expect(new Set(run.calls.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(1);
  });

  it('repeats a call with the same content, even if the content contains the time', async () => {
    const timed = workflow(`
- name: call
  type: files.create
  connector-id: c1
  with: { now: "{{ now }}", today: "{{ 'now' | date: '%s%L' }}", chosen: "{{ 'abcdefgh' | sample: 8 }}" }
`);
    const run = new TestRun(timed, { sendsKey: () => true, call: endsDuringFirstCall() });
    await expect(run.execute()).rejects.toThrow('the process ends');
    run.crash();
    run.now += 60_000;
    await run.execute();
    expect(run.calls).toHaveLength(2);
    expect(run.calls[1]?.input).toEqual(run.calls[0]?.input);
    expect(run.calls[1]?.idempotencyKey).toBe(run.calls[0]?.idempotencyKey);
  });

  it('sends the calls that had to wait for others when the process ended', async () => {
    let isFirst = true;
    let begun = 0;
    const process = new AbortController();
    const many = workflow(`
- name: outer
  type: parallel
  mode: settled
  concurrency: 5
  foreach: [1, 2, 3, 4, 5]
  steps:
    - name: inner
      type: parallel
      mode: settled
      concurrency: 5
      foreach: [1, 2, 3, 4, 5]
      steps:
        - { name: call, type: files.create, connector-id: c1 }
`);
    const run = new TestRun(many, {
      call: (_, signal) => {
        if (!isFirst) return { kind: 'completed', output: 1 };
        begun += 1;
        if (begun === 20) process.abort(new Error('the process ends'));
        return new Promise((_resolve, reject) => {
          if (signal.aborted) reject(signal.reason);
          signal.addEventListener('abort', () => reject(signal.reason));
        });
      },
    });
    await expect(run.execute(process.signal)).rejects.toThrow('the process ends');
    expect(run.records.filter(({ key }) => key.includes('?sent['))).toHaveLength(20);
    run.crash();
    isFirst = false;
    await run.execute();
    const ended = run.steps.filter(({ name }) => name === 'call').map(({ status }) => status);
    expect(ended.filter((status) => status === 'failed')).toHaveLength(20);
    expect(ended.filter((status) => status === 'completed')).toHaveLength(5);
  });

  it('does not repeat a call with an idempotency key if its step has `on-interrupted: fail`', async () => {
    const run = new TestRun(call.replace('connector-id', 'on-interrupted: fail, connector-id'), {
      sendsKey: () => true,
      call: () => {
        throw new Error('the process ends');
      },
    });
    await expect(run.execute()).rejects.toThrow('the process ends');
    run.crash();
    expect(await run.execute()).toMatchObject({ error: { type: 'StepInterrupted' } });
  });

  it('repeats a call that only reads', async () => {
    let isFirst = true;
    const run = new TestRun(call.replace('files.create', 'files.list'), {
      call: () => {
        if (!isFirst) return { kind: 'completed', output: 1 };
        isFirst = false;
        throw new Error('the process ends');
      },
    });
    await expect(run.execute()).rejects.toThrow('the process ends');
    run.crash();
    expect(await run.execute()).toMatchObject({ status: 'completed' });
    expect(new Set(run.calls.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(1);
  });
});

describe('`parallel`', () => {
  const branches = (mode: string) =>
    workflow(`
- name: all
  type: parallel
  mode: ${mode}
  branches:
    - { name: a, steps: [{ name: one, type: files.list, connector-id: c1, with: { n: 1 } }] }
    - { name: b, steps: [{ name: two, type: files.list, connector-id: c1, with: { n: 2 } }] }
- { name: after, type: data.set, with: { a: "\${{ steps.all.output.branches.a.output.n }}", s: "{{ steps.all.output.status }}" } }
`);

  it('returns the outputs of all its branches', async () => {
    const run = new TestRun(branches('settled'));
    expect(await run.execute()).toMatchObject({ status: 'completed' });
    expect(run.output('after')).toEqual({ a: 1, s: 'completed' });
  });

  it('when a branch fails, fails with `fail-fast` and completes with `settled`', async () => {
    const call = ({ input }: { input: Readonly<Record<string, unknown>> }) =>
      input['n'] === 2
        ? ({ kind: 'failed', error: { type: 'X', message: 'two' } } as const)
        : ({ kind: 'completed', output: input } as const);
    expect(await new TestRun(branches('fail-fast'), { call }).execute()).toMatchObject({
      status: 'failed',
      error: { type: 'X' },
    });
    const settled = new TestRun(branches('settled'), { call });
    expect(await settled.execute()).toMatchObject({ status: 'completed' });
    expect(settled.output('after')).toEqual({ a: 1, s: 'failed' });
  });
});

describe('a run with more steps than allowed', () => {
  it('fails, even if an `on-failure` would continue', async () => {
    const run = new TestRun(
      workflow(
        `
- name: loop
  type: while
  condition: true
  on-failure: { continue: true }
  steps:
    - { name: body, type: data.set, with: { x: 1 } }
`,
      ),
      { maxSteps: 20 },
    );
    expect(await run.execute()).toMatchObject({
      status: 'failed',
      error: { type: 'StepLimitReached' },
    });
    // Each iteration counts as well.
    expect(run.trace).toHaveLength(9);
  });
});

describe('a run that would never end', () => {
  const failing = { type: 'X', message: 'no' };

  it('fails after many repetitions of a step', async () => {
    const run = new TestRun(
      workflow(
        '- { name: a, type: files.list, connector-id: c1, on-failure: { retry: { max-attempts: 1000000000 } } }',
      ),
      { maxSteps: 50, call: () => ({ kind: 'failed', error: failing }) },
    );
    expect(await run.execute()).toMatchObject({ error: { type: 'StepLimitReached' } });
    expect(run.calls).toHaveLength(50);
  });

  it('can be cancelled in a loop whose steps have no result', async () => {
    const controller = new AbortController();
    const run = new TestRun(
      workflow(`
- name: loop
  type: while
  condition: true
  steps:
    - { name: call, type: files.list, connector-id: c1 }
    - { name: next, type: loop.continue }
`),
      {
        signal: controller.signal,
        call: () => {
          controller.abort(new RunCancelled());
          return { kind: 'completed', output: 1 };
        },
      },
    );
    expect(await run.execute()).toEqual({ kind: 'ended', status: 'cancelled' });
    expect(run.calls).toHaveLength(1);
  });

  it('fails when its records become too large', async () => {
    const run = new TestRun(
      workflow(`
- name: loop
  type: while
  condition: true
  steps:
    - { name: a, type: data.set, with: { text: 0123456789 } }
`),
      { maxRecordCharacters: 5_000 },
    );
    expect(await run.execute()).toMatchObject({ error: { type: 'RecordLimitReached' } });
  });

  it('fails when its records from before and after a wait are too large together', async () => {
    const text = 'x'.repeat(2_000);
    const run = new TestRun(
      workflow(`
- { name: a, type: data.set, with: { text: ${text} } }
- { name: pause, type: wait, with: { duration: 1h } }
- { name: b, type: data.set, with: { text: ${text} } }
`),
      { maxRecordCharacters: 7_000 },
    );
    expect(await run.execute()).toMatchObject({ kind: 'waiting' });
    run.now += 3_600_000;
    expect(await run.execute()).toMatchObject({ error: { type: 'RecordLimitReached' } });
  });
});

describe('a dry run', () => {
  const notSent = () => ({ kind: 'completed', output: null }) as const;

  it.each([
    ['a step', '"{{ steps.find.output.files }}"'],
    ['a filter of a step', '"${{ steps.find.output.files | map: \'id\' }}"'],
    ['a variable', '"{{ variables.files }}"'],
    ['a path', 'steps.find.output.files'],
  ])('lists the calls in a loop over the unknown value of %s once', async (_, items) => {
    const run = new TestRun(
      workflow(`
- { name: find, type: files.list, connector-id: c1 }
- { name: keep, type: data.set, with: { files: "\${{ steps.find.output.files }}" } }
- name: loop
  type: foreach
  foreach: ${items}
  steps:
    - { name: write, type: files.create, connector-id: c1, with: { id: "\${{ foreach.item.id }}" } }
`),
      { isDryRun: true, call: notSent },
    );
    expect(await run.execute()).toMatchObject({ status: 'completed' });
    expect(run.calls.map(({ name }) => name)).toEqual(['find', 'write']);
  });

  it('computes nothing from an unknown output, and lists the calls after it', async () => {
    const run = new TestRun(
      workflow(`
- { name: find, type: files.list, connector-id: c1 }
- { name: some, type: data.filter, items: "\${{ steps.find.output.files }}", with: { condition: "item.id : *" } }
- { name: each, type: files.create, connector-id: c1, foreach: "{{ steps.some.output }}", with: { id: "{{ foreach.item.id }}" } }
`),
      { isDryRun: true, call: notSent },
    );
    expect(await run.execute()).toMatchObject({ status: 'completed' });
    expect(run.calls.map(({ name }) => name)).toEqual(['find', 'each']);
  });

  it('iterates over a known list as in a real run, and fails for a value that is not a list', async () => {
    const loop = (items: string) =>
      workflow(
        `- { name: each, type: files.create, connector-id: c1, foreach: "${items}", with: { x: 1 } }`,
      );
    const known = new TestRun(loop('{{ inputs.list }}'), {
      isDryRun: true,
      call: notSent,
      inputs: { list: [] },
    });
    expect(await known.execute()).toMatchObject({ status: 'completed' });
    expect(known.calls).toEqual([]);
    const missing = new TestRun(loop('{{ inputs.list }}'), { isDryRun: true, call: notSent });
    expect(await missing.execute()).toMatchObject({ error: { type: 'InvalidForeach' } });
  });
});

it('a run has at most 20 calls in progress, however its branches are nested', async () => {
  let active = 0;
  let most = 0;
  const run = new TestRun(
    workflow(`
- name: outer
  type: parallel
  concurrency: 10
  foreach: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]
  steps:
    - name: inner
      type: parallel
      concurrency: 5
      foreach: [1, 2, 3, 4, 5]
      steps:
        - { name: call, type: files.list, connector-id: c1 }
`),
    {
      call: async () => {
        active += 1;
        most = Math.max(most, active);
        await new Promise((resolve) => setImmediate(resolve));
        active -= 1;
        return { kind: 'completed', output: 1 };
      },
    },
  );
  expect(await run.execute()).toMatchObject({ status: 'completed' });
  expect(run.calls).toHaveLength(50);
  expect(most).toBe(20);
});

it('a call is told how much of the shortest time limit around its step is left', async () => {
  const run = new TestRun(
    workflow(`
- { name: free, type: files.list, connector-id: c1 }
- name: loop
  type: foreach
  foreach: [1]
  timeout: 10s
  steps:
    - { name: pause, type: wait, with: { duration: 3s } }
    - { name: outer, type: files.list, connector-id: c1, timeout: 1m }
    - { name: inner, type: files.list, connector-id: c1, timeout: 2s }
    - name: retried
      type: files.list
      connector-id: c1
      timeout: 2s
      on-failure: { retry: { max-attempts: 2, delay: 1s } }
`),
  );
  expect(await run.execute()).toMatchObject({ status: 'completed' });
  expect(run.calls.map(({ name, timeoutMs }) => [name, timeoutMs])).toEqual([
    ['free', undefined],
    ['outer', 7_000],
    ['inner', 2_000],
    ['retried', undefined],
  ]);
});
