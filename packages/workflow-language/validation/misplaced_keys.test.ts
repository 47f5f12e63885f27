import { expect, it } from 'vitest';
import { found, step, validate } from './workflow_texts.mock.ts';

const CONSOLE = 'type: console\nwith: { message: x }\n';

it.each([
  'steps: [{ name: c, type: console, with: { message: x } }]',
  'cases: [{ match: 1, steps: [] }]',
  'expression: x',
  'branches: []',
  'items: [1]',
  'arrays: [[1]]',
  'source: x',
  'condition: true',
])('validation refuses a key that another type of step needs: %s', (key) => {
  expect(found(step(`${CONSOLE}${key}`))).toEqual(['12 schemaViolation']);
});

it.each([
  [`${CONSOLE}condition: "steps.a.output.x : 1"`, 'if'],
  [`${CONSOLE}items: [1]`, 'foreach'],
  [
    'type: switch\nexpression: x\ncases:\n  - { case: a, steps: [{ name: c, type: console, with: { message: x } }] }',
    'match',
  ],
])('validation suggests the right key for %j', (keys, replacement) => {
  expect(validate(step(keys)).diagnostics[0]).toMatchObject({ severity: 'error', replacement });
});

it.each(['interval', 'case', 'condition', 'items', 'steps'])(
  'validation only warns of an unknown `%s` inside of `with`',
  (key) => {
    const http = `type: http\nwith:\n  url: https://example.com\n  ${key}: 1`;
    expect(found(step(http))).toEqual(['13 schemaViolation (w)']);
  },
);

it('validation warns of an output size that is larger than the largest', () => {
  const yaml = step(`${CONSOLE}max-step-size: 100mb`);
  expect(found(yaml)).toEqual(['12 schemaViolation (w)']);
  expect(validate(yaml).diagnostics[0]).toMatchObject({ replacement: '32mb' });
  expect(found(step(`${CONSOLE}max-step-size: 32mb`))).toEqual([]);
});

it.each(['waitForInput', 'waitForApproval'])(
  'validation warns that nobody is notified through `channels` of %s',
  (type) => {
    const channels = 'with:\n  message: ok?\n  channels: { slack: { connector-id: c1 } }';
    expect(found(step(`type: ${type}\n${channels}`))).toEqual(['13 schemaViolation (w)']);
    expect(found(step(`type: ${type}\nwith: { message: ok?, channels: {} }`))).toEqual([]);
  },
);

it('validation finds a step by its `id`, and refuses an `id` that another step has', () => {
  const named = (id: string, read: string) =>
    step(`id: ${id}\ntype: console\nwith: { message: "{{ steps.a.output }}" }`)
      .replace('- name: a\n', `- name: a\n    id: first\n`)
      .replace('steps.a', `steps.${read}`);
  expect(found(named('second', 'first'))).toEqual([]);
  expect(found(named('b', 'first'))).toEqual([]);
  expect(found(named('first', 'a'))).toEqual([expect.stringMatching(/duplicateStepName$/)]);
  expect(found(named('a', 'a'))).toEqual([expect.stringMatching(/duplicateStepName$/)]);
});

it.each([
  ['type: wait\nduration: 5s', 'duration'],
  ['type: workflow.execute\nworkflow-id: Child', 'workflow-id'],
  ['type: console\nmessage: hi', 'message'],
])('validation says that a key belongs below `with`: %j', (keys, key) => {
  expect(validate(step(keys)).diagnostics).toContainEqual(
    expect.objectContaining({
      severity: 'warning',
      message: expect.stringContaining(`Write \`${key}\` below \`with\`.`),
    }),
  );
});

it('validation reports `interval` of a schedule once', () => {
  const trigger = 'type: scheduled\n    with: { interval: 5m }';
  expect(found(step(CONSOLE).replace('type: manual', trigger))).toEqual(['4 schemaViolation']);
});

it.each([
  'timeout: "*"\ntype: console\nwith: { message: hi }',
  'type: wait\nwith: { duration: "*" }',
])('validation refuses a duration of more than 2000 characters: %j', (keys) => {
  const of = (length: number) => keys.replace('*', `{{ now }}${' '.repeat(length - 9)}`);
  expect(found(step(of(2_000)))).toEqual([]);
  expect(found(step(of(2_001)))).toHaveLength(1);
});

it('validation reports `case` of a switch once', () => {
  const steps = 'steps: [{ name: c, type: console, with: { message: x } }]';
  const keys = `type: switch\nexpression: x\ncases:\n  - case: a\n    ${steps}`;
  expect(found(step(keys))).toEqual(['13 schemaViolation']);
  expect(found(step(keys.replace('case: a', 'cass: a')))).toHaveLength(2);
});

it('validation says that YAML 1.2 has no merge key', () => {
  expect(
    validate(step('type: console\nwith: { <<: *x }').replace('x: [', 'x: &x [')).diagnostics,
  ).toContainEqual(
    expect.objectContaining({ message: expect.stringContaining('has no merge key') }),
  );
});

const STEPS = '[{ name: c, type: console, with: { message: x } }]';

it.each([
  [`type: if\nif: true\nsteps: ${STEPS}`, 'condition'],
  [`type: if\ncondition: true\nthen: ${STEPS}`, 'steps'],
  [`type: foreach\nitems: [1]\nsteps: ${STEPS}`, 'foreach'],
])('validation reports a key with another name once: %j', (keys, replacement) => {
  expect(validate(step(keys)).diagnostics).toMatchObject([{ severity: 'error', replacement }]);
});

it('validation offers no second `condition` for the `if` of a step that has one', () => {
  const { diagnostics } = validate(step(`type: if\nif: true\ncondition: true\nsteps: ${STEPS}`));
  expect(diagnostics).toMatchObject([{ line: 11, severity: 'error' }]);
  expect(diagnostics[0]).not.toHaveProperty('replacement');
});

it('validation says that a version without quotes lacks them', () => {
  const { diagnostics } = validate(`version: 1\n${step(CONSOLE)}`);
  expect(diagnostics).toMatchObject([
    { line: 1, message: expect.stringContaining('without quotes'), replacement: '"1"' },
  ]);
  expect(found(`version: 2\n${step(CONSOLE)}`)).toEqual(['1 schemaViolation']);
});

it.each([
  ['if', 'condition: true\nsteps: [{ name: c, type: console, with: { message: x } }]'],
  ['foreach', 'foreach: [1]\nsteps: [{ name: c, type: console, with: { message: x } }]'],
  ['loop.break', 'if: true'],
])('validation says where the keys of a `with` belong that `%s` does not have', (type, keys) => {
  const yaml = step(`type: ${type}\n${keys}\nwith: { condition: true }`);
  expect(validate(yaml).diagnostics).toContainEqual(
    expect.objectContaining({
      severity: 'warning',
      message: expect.stringContaining('Write its keys beside `type`.'),
    }),
  );
});

it('validation suggests `foreach` for the key `iterate` of a loop, as the only error', () => {
  const inner = 'steps: [{ name: c, type: console, with: { message: x } }]';
  const yaml = step(`type: foreach\niterate: steps.a.output.x\n${inner}`);
  expect(validate(yaml).diagnostics).toMatchObject([{ severity: 'error', replacement: 'foreach' }]);
});

it.each([
  ['foreach', 'foreach: [1]'],
  ['while', 'condition: false'],
])('validation suggests `steps` for the key `do` of `%s`, as the only error', (type, key) => {
  const inner = 'do: [{ name: c, type: console, with: { message: x } }]';
  expect(validate(step(`type: ${type}\n${key}\n${inner}`)).diagnostics).toMatchObject([
    { severity: 'error', replacement: 'steps' },
  ]);
});
