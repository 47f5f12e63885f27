import { describe, expect, it } from 'vitest';
import { changedSteps } from '../retry/changed_steps.ts';
import { failurePoints } from '../retry/failure_points.ts';
import { reusableRecords } from '../retry/reusable_records.ts';
import { firstAttempt } from '../run/record_keys.ts';
import { computing, type RunOptions, TestRun, workflow } from '../run/run.mock.ts';

const call = (name: string, more = '') =>
  `{ name: ${name}, type: files.create, connector-id: c1, with: { x: 1 }${more} }`;

/** Simulates calls. Those of the named steps fail. */
const failing =
  (...names: readonly string[]): NonNullable<RunOptions['call']> =>
  ({ name, input }) =>
    names.includes(name)
      ? { kind: 'failed', error: { type: 'X', message: 'x' } }
      : { kind: 'completed', output: input };

/**
 * Records of a run that its retry reuses. `undefined`: the program does not reach the steps where
 * the retry begins.
 */
const reusable = (ended: TestRun, yaml: string, from: readonly string[]) =>
  reusableRecords(
    new TestRun(yaml).program,
    { facts: ended.facts, records: ended.records, endedAt: ended.now },
    { from, ports: computing },
  );

/** Executes a run and then its retry. */
async function retried({
  steps,
  again = steps,
  fails = [],
  from,
  inputs = {},
}: {
  readonly steps: string;
  /** YAML of the steps for the retry. Default: the same steps. */
  readonly again?: string;
  /** Names of the steps whose calls fail in the first run. */
  readonly fails?: readonly string[];
  /** Key of the step where the retry begins. Absent: the failed step. */
  readonly from?: string;
  readonly inputs?: Readonly<Record<string, unknown>>;
}) {
  const ended = new TestRun(workflow(steps), { inputs, call: failing(...fails) });
  const outcome = await ended.execute();
  const failedStep = outcome.kind === 'ended' ? outcome.failedStep : undefined;
  const points =
    from === undefined ? failurePoints(ended.records, failedStep ?? '') : [firstAttempt(from)];
  const records = await reusable(ended, workflow(again), points);
  const run = new TestRun(workflow(again), { inputs, records: records ?? [] });
  const last = await run.execute();
  return { records, outcome: last, trace: run.trace, called: run.calls.map(({ name }) => name) };
}

describe('a retry', () => {
  it.each([
    {
      title: 'calls the failed step and those after it, and no earlier one',
      steps: `- ${call('a')}\n- ${call('b')}\n- ${call('c')}`,
      fails: ['b'],
      called: ['b', 'c'],
      trace: ['a completed', 'b completed', 'c completed'],
    },
    {
      title: 'continues in the iteration in which a step failed',
      steps: `
- name: loop
  type: foreach
  foreach: "\${{ inputs.list }}"
  steps:
    - ${call('a')}
    - { name: check, type: data.set, if: 'foreach.index : 1', with: { x: 1 } }
    - ${call('b', ", if: 'foreach.index : 1'")}
`,
      inputs: { list: [1, 2, 3] },
      fails: ['b'],
      called: ['b', 'a'],
    },
    {
      title: 'gives the failed step all its attempts again',
      steps: `- ${call('a')}\n- ${call('b', ', on-failure: { retry: { max-attempts: 2 } }')}`,
      fails: ['b'],
      called: ['b'],
      trace: ['a completed', 'b completed'],
    },
    {
      title: 'does not call a fallback again that ran before',
      steps: `
- { name: a, type: files.create, connector-id: c1, with: { x: 1 }, on-failure: { fallback: [${call('f')}], continue: true } }
- ${call('b')}
`,
      fails: ['a', 'b'],
      called: ['b'],
      trace: ['a failed', 'a!/f completed', 'b completed'],
    },
    {
      title: 'runs the fallback of a failed step only if it fails again',
      steps: `- { name: a, type: files.create, connector-id: c1, with: { x: 1 }, on-failure: { fallback: [${call('f')}] } }`,
      fails: ['a'],
      called: ['a'],
      trace: ['a completed'],
    },
    {
      title: 'repeats only the branches that failed',
      steps: `
- name: par
  type: parallel
  branches:
    - { name: one, steps: [${call('a')}] }
    - { name: two, steps: [${call('b')}, ${call('c')}] }
- ${call('d')}
`,
      fails: ['c'],
      called: ['c', 'd'],
    },
    {
      title: 'keeps the branch of a condition that a variable decided',
      steps: `
- { name: set, type: data.set, with: { go: true } }
- { name: choose, type: if, condition: "\${{ variables.go }}", steps: [${call('a')}, ${call('b')}] }
`,
      fails: ['b'],
      called: ['b'],
      trace: ['set completed', 'a completed', 'b completed'],
    },
    {
      title: 'begins at a step that was chosen, although it completed',
      steps: `- ${call('a')}\n- ${call('b')}\n- ${call('c')}`,
      from: 'b',
      called: ['b', 'c'],
      trace: ['a completed', 'b completed', 'c completed'],
    },
    {
      title: 'can begin at a step that only computes',
      steps: `- ${call('a')}\n- { name: set, type: data.set, with: { x: 1 } }\n- ${call('c')}`,
      from: 'set',
      called: ['c'],
      trace: ['a completed', 'set completed', 'c completed'],
    },
  ])('$title', async ({ steps, fails, from, inputs, called, trace }) => {
    const run = await retried({
      steps,
      ...(fails && { fails }),
      ...(from && { from }),
      ...(inputs && { inputs }),
    });
    expect(run.called).toEqual(called);
    expect(run.outcome).toMatchObject({ kind: 'ended', status: 'completed' });
    if (trace !== undefined) expect(run.trace).toEqual(trace);
  });

  it('begins where a cancelled run ended, and repeats the call that was in progress', async () => {
    const yaml = workflow(`- ${call('a')}\n- ${call('b')}`);
    const ended = new TestRun(yaml, {
      call: ({ name, input }) => {
        if (name === 'b') throw new Error('the process ends');
        return { kind: 'completed', output: input };
      },
    });
    await expect(ended.execute()).rejects.toThrow();
    const records = await reusable(ended, yaml, []);
    const run = new TestRun(yaml, { records: records ?? [] });
    expect(await run.execute()).toMatchObject({ status: 'completed' });
    expect(run.calls.map(({ name }) => name)).toEqual(['b']);
  });

  it('restarts the time limit of a step around the failed step', async () => {
    const steps = `
- name: loop
  type: foreach
  foreach: [1]
  timeout: 10m
  steps: [${call('a')}, ${call('b')}]
`;
    const { records, outcome } = await retried({ steps, fails: ['b'] });
    expect(records?.map(({ key }) => key)).not.toContain('loop?deadline');
    expect(outcome).toMatchObject({ status: 'completed' });
  });

  it('uses a changed definition of the failed step', async () => {
    const steps = `- ${call('a')}\n- ${call('b')}`;
    const again = steps.replace('b, type: files.create', 'b, type: files.list');
    const { called, outcome } = await retried({ steps, again, fails: ['b'] });
    expect([called, outcome]).toMatchObject([['b'], { status: 'completed' }]);
  });

  it('is refused if the program no longer reaches the step', async () => {
    const steps = `- ${call('a')}\n- ${call('b')}`;
    const { records } = await retried({ steps, again: `- ${call('a')}`, fails: ['b'] });
    expect(records).toBeUndefined();
  });
});

describe('changedSteps', () => {
  const changed = async (steps: string, again: string) => {
    const ended = new TestRun(workflow(steps), { call: failing('z') });
    await ended.execute();
    return changedSteps(ended.records, ended.program, new TestRun(workflow(again)).program);
  };
  const nested = (condition: string, ...inner: readonly string[]) =>
    `- { name: choose, type: if, condition: ${condition}, steps: [${inner.join(', ')}] }`;

  it('returns recorded steps, and their enclosing steps, whose definition has changed', async () => {
    const before = nested('true', call('a'));
    expect(await changed(before, before)).toEqual([]);
    expect(await changed(before, before.replace('x: 1', 'x: 2'))).toEqual(['a']);
    expect(await changed(before, nested('"inputs.value : 1"', call('a')))).toEqual(['choose']);
  });

  it('does not return a step when only another step was added inside it', async () => {
    expect(await changed(nested('true', call('a')), nested('true', call('a'), call('b')))).toEqual(
      [],
    );
  });
});
