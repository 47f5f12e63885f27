import { describe, expect, it } from 'vitest';
import { failurePoints } from '../retry/failure_points.ts';
import { reusableRecords } from '../retry/reusable_records.ts';
import { computing, START_MS, TestRun, workflow } from '../run/run.mock.ts';
import type { StepRecord } from '../run/run_journal.ts';
import { crash, fail, type GoldenCase, hang, runGolden } from './golden.mock.ts';

/**
 * Steps that a case records, as `key type status`. An enclosing step is followed by its output and
 * the step that failed.
 */
async function stepsOf(
  steps: string,
  more: Partial<GoldenCase> = {},
): Promise<readonly (readonly unknown[])[]> {
  const { run } = await runGolden({ title: '', outcome: '', trace: [], steps, ...more });
  return run.steps.map(described);
}

function described({ key, type, status, output, failedStep }: StepRecord): readonly unknown[] {
  const isAround = !type.includes('.') || type.startsWith('loop.');
  return [
    `${key} ${type} ${status}`,
    ...(isAround && output !== undefined ? [output] : []),
    ...(failedStep === undefined ? [] : [`failed by ${failedStep}`]),
  ];
}

const SET = (name: string) => `{ name: ${name}, type: data.set, with: { x: 1 } }`;
const CREATE = (name: string, more = '') =>
  `{ name: ${name}, type: files.create, connector-id: c1, with: { x: 1 }${more} }`;

describe('the end record of an enclosing step', () => {
  it('is written for `if` and `switch`', async () => {
    const steps = `
- { name: check, type: if, condition: "true", steps: [${SET('a')}] }
- { name: choose, type: switch, expression: "b", cases: [{ match: "b", steps: [${SET('b')}] }] }
- { name: never, type: if, condition: "false", steps: [${SET('c')}] }
`;
    expect(await stepsOf(steps)).toEqual([
      ['a data.set completed'],
      ['check if completed'],
      ['b data.set completed'],
      ['choose switch completed', { matchedIndex: 0, matchedValue: 'b' }],
      ['never if completed'],
    ]);
  });

  it('is written for loops, and for the steps that leave them', async () => {
    const steps = `
- name: loop
  type: foreach
  foreach: [1, 2, 3]
  steps:
    - { name: next, type: loop.continue, if: "\${{ foreach.item < 2 }}" }
    - { name: leave, type: loop.break }
- { name: again, type: while, condition: "while.iteration < 1", steps: [${SET('a')}] }
- { name: each, type: data.set, foreach: [1], with: { x: 2 } }
`;
    expect(await stepsOf(steps)).toEqual([
      ['loop[0]/next loop.continue completed'],
      ['loop[1]/next loop.continue skipped'],
      ['loop[1]/leave loop.break completed'],
      ['loop foreach completed', { items: [1, 2, 3], total: 3 }],
      ['again[0]/a data.set completed'],
      ['again while completed', { exitReason: 'condition' }],
      ['each[0]/each data.set completed'],
      ['each foreach completed'],
    ]);
  });

  it('is written for `parallel`, with the results of the branches', async () => {
    const steps = `
- name: both
  type: parallel
  branches:
    - { name: one, steps: [${SET('a')}] }
    - { name: two, steps: [${SET('b')}] }
`;
    const all = await stepsOf(steps);
    expect(all.map(([step]) => step)).toEqual([
      'both[0]/a data.set completed',
      'both[1]/b data.set completed',
      'both parallel completed',
    ]);
    expect(all[2]?.[1]).toMatchObject({ status: 'completed', total: 2, succeeded: 2 });
  });

  it('contains the start time and the scopes of the step', async () => {
    const { run } = await runGolden({
      title: '',
      outcome: '',
      trace: [],
      steps: `
- { name: pause, type: wait, with: { duration: 2s } }
- name: loop
  type: foreach
  foreach: [1]
  steps: [{ name: check, type: if, condition: "true", steps: [{ name: rest, type: wait, with: { duration: 3s } }] }]
`,
    });
    const check = run.steps.find(({ name }) => name === 'check');
    expect(check).toMatchObject({
      scopes: [{ step: 'loop', kind: 'iteration', index: 0 }],
      startedAt: new Date(START_MS + 2_000).toISOString(),
      finishedAt: new Date(START_MS + 5_000).toISOString(),
    });
  });

  it('is written for steps whose scopes name the case that was executed', async () => {
    const { run } = await runGolden({
      title: '',
      outcome: '',
      trace: [],
      steps: `
- { name: check, type: if, condition: "false", steps: [${SET('a')}], else: [${SET('b')}] }
- { name: choose, type: switch, expression: "y", cases: [{ match: x, steps: [${SET('c')}] }, { match: y, steps: [${SET('d')}] }] }
- { name: none, type: switch, expression: "z", cases: [{ match: x, steps: [${SET('e')}] }], default: [${SET('f')}] }
`,
    });
    const scopes = new Map(run.steps.map((step) => [step.name, step.scopes]));
    expect(scopes.get('b')).toEqual([{ step: 'check', kind: 'else', index: 0 }]);
    expect(scopes.get('d')).toEqual([{ step: 'choose', kind: 'case', index: 1 }]);
    expect(scopes.get('f')).toEqual([{ step: 'none', kind: 'default', index: 0 }]);
    expect(scopes.get('check')).toEqual([]);
  });

  it('keeps the start time when another process continues the run', async () => {
    const { run } = await runGolden({
      title: '',
      outcome: '',
      trace: [],
      steps: `
- { name: check, type: if, condition: "true", steps: [${SET('a')}, { name: rest, type: wait, with: { duration: 1h } }] }
`,
      resume: [{ afterSeconds: 3_600 }],
    });
    expect(run.steps.find(({ name }) => name === 'check')).toMatchObject({
      status: 'completed',
      startedAt: new Date(START_MS).toISOString(),
      finishedAt: new Date(START_MS + 3_600_000).toISOString(),
    });
  });

  it('names the inner step whose failure made the enclosing step fail', async () => {
    const steps = `
- name: loop
  type: foreach
  foreach: [1]
  steps: [{ name: check, type: if, condition: "true", steps: [${CREATE('make')}] }]
  on-failure: { continue: true }
- { name: bad, type: foreach, foreach: "{{ inputs.value }}", steps: [${SET('b')}] }
`;
    expect(await stepsOf(steps, { calls: { make: [fail()] }, inputs: { value: 7 } })).toEqual([
      ['loop[0]/make files.create failed'],
      ['loop[0]/check if failed', 'failed by make'],
      ['loop foreach failed', 'failed by make'],
      ['bad foreach failed'],
    ]);
  });

  it('of a repeated step is written for each attempt', async () => {
    const steps = `
- name: loop
  type: foreach
  foreach: [1]
  steps: [${CREATE('make')}]
  on-failure: { retry: { max-attempts: 1 } }
`;
    expect(await stepsOf(steps, { calls: { make: [fail()] } })).toEqual([
      ['loop[0]/make files.create failed'],
      ['loop foreach failed', 'failed by make'],
      ['loop@1[0]/make files.create completed'],
      ['loop@1 foreach completed', { items: [1], total: 1 }],
    ]);
  });

  it('has the status failed when a time limit around the step ends it', async () => {
    const steps = `
- name: loop
  type: foreach
  foreach: [1]
  timeout: 2s
  steps: [{ name: check, type: if, condition: "true", steps: [${CREATE('make')}] }]
`;
    expect(await stepsOf(steps, { calls: { make: [hang()] } })).toEqual([
      ['loop[0]/check if failed', 'failed by loop'],
      ['loop foreach failed'],
    ]);
  });

  it('has the status failed when a step inside ends the run as failed', async () => {
    const steps = `
- { name: check, type: if, condition: "true", steps: [{ name: stop, type: workflow.fail, with: { message: no } }] }
`;
    expect(await stepsOf(steps)).toEqual([
      ['stop workflow.fail failed'],
      ['check if failed', 'failed by stop'],
    ]);
  });

  it('contains only the total instead of an output that is too large', async () => {
    const steps = `
- { name: loop, type: foreach, foreach: "\${{ inputs.list }}", steps: [{ name: leave, type: loop.break }] }
`;
    const list = ['x'.repeat(600), 'y'.repeat(600)];
    expect((await stepsOf(steps, { inputs: { list } })).at(-1)).toEqual([
      'loop foreach completed',
      { total: 2 },
    ]);
  });
});

describe('enclosing steps that have not ended', () => {
  it('are listed while the run waits, the outermost first', async () => {
    const { run } = await runGolden({
      title: '',
      outcome: '',
      trace: [],
      steps: `
- { name: before, type: if, condition: "true", steps: [${SET('a')}] }
- name: loop
  type: foreach
  foreach: [1, 2]
  steps: [{ name: check, type: if, condition: "true", steps: [{ name: rest, type: wait, with: { duration: 1h } }] }]
`,
    });
    const startedAt = new Date(START_MS).toISOString();
    expect(run.open).toEqual([
      { key: 'loop', name: 'loop', type: 'foreach', scopes: [], startedAt },
      {
        key: 'loop[0]/check',
        name: 'check',
        type: 'if',
        scopes: [{ step: 'loop', kind: 'iteration', index: 0 }],
        startedAt,
      },
    ]);
  });
});

describe('a journal that an older version wrote without these records', () => {
  const steps = `
- name: loop
  type: foreach
  foreach: [1, 2]
  steps:
    - ${CREATE('make')}
    - { name: rest, type: wait, with: { duration: 1h } }
- { name: check, type: if, condition: "true", steps: [${CREATE('last')}] }
`;
  /**
   * Removes the records that the older version did not write: the begin and the end of enclosing
   * steps.
   */
  const old = (records: TestRun['records']) =>
    records.filter(
      (record) =>
        !/^(?:loop|check)\?started$/.test(record.key) &&
        !(record.kind === 'step' && (record.type === 'foreach' || record.type === 'if')),
    );

  it('is continued without a repeated call', async () => {
    const before = new TestRun(workflow(steps));
    expect(await before.execute()).toMatchObject({ kind: 'waiting' });
    const run = new TestRun(workflow(steps), { records: old(before.records) });
    run.now += 3_600_000;
    expect(await run.execute()).toMatchObject({ kind: 'waiting' });
    run.now += 3_600_000;
    expect(await run.execute()).toMatchObject({ kind: 'ended', status: 'completed' });
    expect(run.calls.map(({ stepKey }) => stepKey)).toEqual(['loop[1]/make', 'last']);
    expect(run.steps.filter(({ type }) => type === 'foreach' || type === 'if')).toMatchObject([
      { key: 'loop', status: 'completed' },
      { key: 'check', status: 'completed' },
    ]);
  });
});

describe('a retry of a run that failed inside other steps', () => {
  it('repeats the failed step, and ends its enclosing steps again', async () => {
    const steps = `
- { name: first, type: if, condition: "true", steps: [${CREATE('one')}] }
- { name: check, type: if, condition: "true", steps: [${CREATE('two')}, ${CREATE('three')}] }
`;
    const { run } = await runGolden({
      title: '',
      outcome: '',
      trace: [],
      steps,
      calls: { three: [fail()] },
    });
    const from = failurePoints(run.records, 'three');
    expect(from).toEqual(['three']);
    const ended = { facts: run.facts, records: run.records, endedAt: run.now };
    const records = (await reusableRecords(run.program, ended, { from, ports: computing })) ?? [];
    const keys = records.map(({ key }) => key);
    expect(keys).toEqual(expect.arrayContaining(['one', 'first', 'first?started', 'two']));
    expect(keys).not.toContain('check');
    expect(keys).not.toContain('check?started');
    const again = new TestRun(workflow(steps), { records });
    again.now += 60_000;
    expect(await again.execute()).toMatchObject({ kind: 'ended', status: 'completed' });
    expect(again.calls.map(({ name }) => name)).toEqual(['three']);
    expect(again.steps.find(({ name }) => name === 'check')).toMatchObject({
      status: 'completed',
      startedAt: new Date(START_MS + 60_000).toISOString(),
    });
  });

  it('finds the failed step inside a branch, and not its enclosing step', async () => {
    const steps = `
- name: both
  type: parallel
  branches:
    - { name: one, steps: [{ name: check, type: if, condition: "true", steps: [${CREATE('make')}] }] }
    - { name: two, steps: [${SET('b')}] }
`;
    const { run } = await runGolden({
      title: '',
      outcome: '',
      trace: [],
      steps,
      calls: { make: [fail()] },
    });
    expect(failurePoints(run.records, 'both')).toEqual(['both[0]/make']);
  });
});

it('writes the end record of an enclosing step again if it was lost in a crash', async () => {
  const steps = `
- { name: check, type: if, condition: "true", steps: [${CREATE('make', ', on-interrupted: retry')}] }
- ${CREATE('last', ', on-interrupted: retry')}
`;
  const { run, outcome } = await runGolden({
    title: '',
    outcome: '',
    trace: [],
    steps,
    calls: { last: [crash()] },
    resume: [{}],
  });
  expect(outcome).toMatchObject({ status: 'completed' });
  expect(run.steps.map(({ key }) => key)).toEqual(['make', 'check', 'last']);
});
