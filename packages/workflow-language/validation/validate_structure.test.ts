import { describe, expect, it } from 'vitest';
import { found, step, validate, workflow } from './workflow_texts.mock.ts';

describe('a step whose type is not known', () => {
  it('is reported once, and other steps can refer to the steps inside it', () => {
    const steps = `type: forech
foreach: [1]
nonsense: '{{ broken'
steps:
  - { name: inner, type: loop.break, if: 'x == 1' }`;
    const yaml = workflow(`
- name: b
${steps
  .split('\n')
  .map((line) => `  ${line}`)
  .join('\n')}
- name: c
  type: console
  with: { message: '{{ steps.inner.output }}' }
`);
    expect(found(yaml)).toEqual(['6 schemaViolation']);
  });

  it('causes one error when the type is missing, in addition to those of its inner steps', () => {
    const steps = 'steps:\n  - { name: inner, type: loop.break }';
    expect(found(step(steps))).toEqual(['9 schemaViolation']);
  });

  it('has the faults of its inner steps reported once', () => {
    const inner = "steps:\n  - { name: c, type: console, with: { message: '{{ now | nope }}' } }";
    expect(found(step(`foreach: [1]\n${inner}`))).toEqual([
      '9 schemaViolation',
      '12 liquidSyntaxError',
    ]);
  });

  it.each(['name', 'type'])('has a diagnostic when its `%s` is not text', (key) => {
    const yaml = workflow('- with: { message: x }\n  name: a\n  type: console');
    const wrong = yaml.replace(new RegExp(`^    ${key}: \\w+`, 'm'), `    ${key}: [1]`);
    expect(found(wrong)).toEqual([`${key === 'name' ? 6 : 7} schemaViolation`]);
  });
});

describe('files of a library of workflows', () => {
  const form =
    'install: { form: [{ name: folder, inputType: text }, { name: page-size, inputType: number }] }';
  const facts =
    'slug: xy, version: 1.0.0, availability: 9.x, name: x, description: x, categories: [x]';
  const template = (steps: string): string =>
    workflow(steps, `template-metadata: { ${facts}, ${form} }\n`);

  it('may refer to values that the installation fills in', () => {
    const steps = `- name: a
  type: google_drive.searchFiles
  connector-id: My Drive
  with: { query: '{{ __install__.folder }}', pageSize: __install__.page-size }`;
    expect(found(template(steps))).toEqual([]);
    expect(found(workflow(steps))).toEqual(['8 invalidVariableReference']);
  });
});

it.each(['elseIf', 'elif', 'else-if'])('validation says what to write for `%s`', (key) => {
  const inner = 'steps: [{ name: c, type: console, with: { message: x } }]';
  const yaml = step(`type: if\ncondition: true\n${inner}\n${key}: []`);
  const [diagnostic, ...others] = validate(yaml).diagnostics;
  expect(others).toEqual([]);
  expect(diagnostic?.message).toMatch(/Write an `if` step below `else`\.$/);
  expect(diagnostic).not.toHaveProperty('replacement');
});

it.each([
  ['integer', 'number', 'Did you mean `number`?'],
  ['bool', 'boolean', 'Did you mean `boolean`?'],
  ['object', undefined, 'write a JSON Schema with `properties`'],
  ['nonsense', undefined, 'Expected one of'],
])('validation refuses an input of the type %s and suggests %s: %s', (type, replacement, hint) => {
  const steps = '- { name: a, type: console, with: { message: x } }';
  const { diagnostics } = validate(workflow(steps, `inputs: [{ name: i, type: ${type} }]\n`));
  expect(diagnostics).toMatchObject([{ line: 6, message: expect.stringContaining(hint) }]);
  expect(diagnostics[0]?.replacement).toBe(replacement);
});

it('validation reports a constant without a value, which Kibana refuses', () => {
  const steps = '- { name: a, type: console, with: { message: x } }';
  const consts = 'consts:\n  a: null\n  b:\n  c: { d: null }\n  e: [null]\n  f: false\n';
  expect(found(workflow(steps, consts))).toEqual(['7 schemaViolation', '8 schemaViolation']);
});

it('validation warns about `timeout` inside `with` of `http`, because it is a key of the step', () => {
  const { diagnostics } = validate(step('type: http\nwith: { url: x, timeout: 30s }'));
  expect(diagnostics).toMatchObject([
    { severity: 'warning', line: 11, message: expect.stringContaining('beside `with`') },
  ]);
});

describe('validation of texts for which the YAML parser reports another place', () => {
  const text = step('type: console\ntimeout: 5s\nwith: { message: hi }');

  it.each([
    ['a line that is indented too deeply', '     timeout: 5s'],
    ['a missing colon', '    timeout 5s'],
    ['a tab', '\ttimeout: 5s'],
    ['a text with a colon', '    timeout: 5s: x'],
  ])('reports %s once', (_, line) => {
    expect(found(text.replace('    timeout: 5s', line))).toEqual(['11 yamlSyntaxError']);
  });

  it.each(['"{{ now }}" x', '{{ now }} and {{ now }}'])('reports %s once', (value) => {
    expect(found(text.replace('5s', value))).toEqual(['11 yamlSyntaxError']);
  });
});

it('validation reports a fault inside the only alternative that matches the type', () => {
  const loop = 'type: foreach\nforeach: [1]\nmax-iterations:\n  limit: 5\n  on-limit: stop\n';
  const steps = 'steps: [{ name: c, type: wait, with: { duration: 1s } }]';
  expect(found(step(loop + steps))).toEqual(['14 schemaViolation']);
});

it('validation accepts a time limit for `parallel`', () => {
  const steps = 'steps: [{ name: c, type: wait, with: { duration: 1s } }]';
  expect(found(step(`type: parallel\nforeach: [1]\ntimeout: 2m\n${steps}`))).toEqual([]);
});

it('validation reports an unknown time zone of the settings', () => {
  const yaml = step('type: console\nwith: { message: hi }');
  expect(found(`settings: { timezone: Mars }\n${yaml}`)).toEqual(['1 schemaViolation']);
});

it.each(['max', 'queue-size'])('validation reports a `%s` of more than 1000 runs', (key) => {
  const of = (count: number): string =>
    `settings: { concurrency: { strategy: queue, ${key}: ${count} } }\n${step('type: console\nwith: { message: hi }')}`;
  expect(found(of(1_000))).toEqual([]);
  expect(found(of(1_001))).toEqual(['1 schemaViolation']);
});

it('validation points to `on` when a condition is beside the type of a trigger', () => {
  const yaml = step('type: console\nwith: { message: hi }').replace(
    'type: manual',
    'type: workflows.failed\n    condition: "event.x : 1"',
  );
  expect(validate(yaml).diagnostics).toMatchObject([
    { line: 4, message: 'Write it below `on`: `on: { condition: … }`.' },
  ]);
});

it('validation warns about a template without quotes even where any value is allowed', () => {
  const steps = 'type: data.set\nwith:\n  x: 1\n  y: {{ now }}';
  expect(found(step(steps))).toContain('13 schemaViolation (w)');
});

describe('validation of outputs', () => {
  const ends = (keys: string): string =>
    `outputs: [{ name: total, type: number, required: true }]\n${step(`type: workflow.output\n${keys}`)}`;

  it.each([
    ['with: { total: 1 }', []],
    ['with: { total: 1, more: 2 }', ['12 invalidWorkflowOutput (w)']],
    ['status: completed', ['10 invalidWorkflowOutput']],
    ['status: failed', []],
  ])('for %s, reports these diagnostics (line and rule): %j', (keys, expected) => {
    expect(found(ends(keys))).toEqual(expected);
  });
});

describe('validation of values that are read before a run', () => {
  it.each([
    ['timeout: "{{ consts.x }}"', ['11 invalidVariableReference']],
    ['on-failure: { retry: { max-attempts: 1, delay: "{{ now }}" } }', ['11 schemaViolation']],
    ['on-failure: { retry: { max-attempts: "{{ now }}" } }', ['11 schemaViolation']],
    ['max-step-size: "{{ now }}"', ['11 schemaViolation']],
  ])('for %s, reports these diagnostics (line and rule): %j', (keys, expected) => {
    expect(found(step(`type: console\n${keys}\nwith: { message: x }`))).toEqual(expected);
  });

  it('includes the values that limit a loop', () => {
    const steps = 'steps: [{ name: c, type: wait, with: { duration: "{{ now }}" } }]';
    const loop = `type: foreach\nforeach: "{{ steps.a.output.x }}"\nmax-iterations: "{{ now }}"\n`;
    expect(found(step(loop + steps))).toEqual(['12 schemaViolation']);
  });
});

describe('validation of schedules with calendar days', () => {
  const calendar = (keys: string): string =>
    step('type: console\nwith: { message: x }').replace(
      'type: manual',
      `type: scheduled\n    with:\n      rrule:\n        interval: 1\n        ${keys}`,
    );

  it.each([
    ['freq: WEEKLY', ['7 schemaViolation (w)']],
    ['freq: MONTHLY', ['7 schemaViolation (w)']],
    ['freq: DAILY', []],
    ['freq: DAILY\n        dtstart: 2026-01-31T09:00:00Z', []],
    ['freq: DAILY\n        dtstart: tomorrow', ['8 schemaViolation']],
    ['freq: DAILY\n        byday: [MO]', ['8 schemaViolation (w)']],
  ])('for %j, reports these diagnostics (line and rule): %j', (keys, expected) => {
    expect(found(calendar(keys))).toEqual(expected);
  });
});

it('validation warns about an input that is declared twice', () => {
  const inputs = 'inputs:\n  - { name: q, type: string }\n  - { name: q, type: number }\n';
  expect(found(workflow('- { name: a, type: data.set, with: { x: 1 } }', inputs))).toEqual([
    '8 schemaViolation (w)',
  ]);
});

it('validation reports an unknown anchor at the alias', () => {
  expect(found('a: 1\nb: *nobody\n')).toEqual(['2 yamlSyntaxError']);
});

it('validation reports a missing value at its key', () => {
  expect(validate('name: a\ntriggers:\nsteps:\n').diagnostics).toMatchObject([
    { line: 2, column: 1, endLine: 2 },
    { line: 3, column: 1, endLine: 3 },
  ]);
});

it('validation reports an unknown filter on the line of the filter, and warns about filters in a condition', () => {
  expect(found(step('type: console\nwith:\n  message: |\n    {{ now\n      | nope }}'))).toEqual([
    '14 liquidSyntaxError',
  ]);
  const { diagnostics } = validate(
    step('type: console\nif: "steps.a.output.x | size > 0"\nwith: { message: x }'),
  );
  expect(diagnostics).toMatchObject([
    { ruleId: 'conditionNeverTrue', message: expect.stringContaining('.size > 0 }}') },
  ]);
});

it('validation distinguishes a misspelt `type` from a missing `type`', () => {
  const yaml = workflow('- name: a\n  tpye: console\n  with: { message: hi }');
  expect(validate(yaml).diagnostics).toMatchObject([
    { line: 5, ruleId: 'schemaViolation', severity: 'error' },
    { line: 6, ruleId: 'schemaViolation', severity: 'warning', replacement: 'type' },
  ]);
});

it('validation names the event when a trigger for it does not exist here', () => {
  const yaml = (type: string) => step('type: wait\nwith: { duration: 1s }').replace('manual', type);
  expect(validate(yaml('manul')).diagnostics).toMatchObject([
    { line: 3, severity: 'error', replacement: 'manual' },
  ]);
  expect(validate(yaml('cases.created')).diagnostics).toMatchObject([
    { line: 3, severity: 'error', message: expect.stringContaining('Use `manual`') },
  ]);
});

it('validation reports the form of a step when the form is not a JSON Schema', () => {
  const form = 'schema:\n    properties:\n      n: { type: nummer }';
  expect(found(step(`type: waitForInput\nwith:\n  ${form}`))).toEqual(['14 schemaViolation']);
  expect(found(step(`type: waitForInput\nwith:\n  ${form.replace('mm', 'mb')}`))).toEqual([]);
});

it.each([
  ['pattern: "("', ['13 schemaViolation (w)']],
  ['pattern: "a"\n  flags: gx', ['14 schemaViolation (w)']],
  ['pattern: "(?<year>\\\\d+)"\n  flags: gi', []],
  ['pattern: "{{ steps.a.output.x }}("', []],
])(
  'for the regular expression %s, validation reports these diagnostics (line and rule): %j',
  (text, expected) => {
    const yaml = step(`type: data.regexReplace\nsource: a\nwith:\n  ${text}\n  replacement: b`);
    expect(found(yaml)).toEqual(expected);
  },
);

it('validation warns of more members of `parallel` than branches can run', () => {
  const list = `[${Array.from({ length: 101 }, () => 1).join()}]`;
  const steps = 'steps: [{ name: c, type: wait, with: { duration: 1s } }]';
  expect(found(step(`type: parallel\nforeach: ${list}\n${steps}`))).toEqual([
    '11 parallelFanOutExceedsLimit (w)',
  ]);
});

it.each([
  ['- { name: a, type: array, default: [1, 2] }', []],
  ['- { name: a, type: array, default: [1, x] }', ['7 invalidDefaultValue']],
  ['- { name: a, type: array, default: [[1]] }', ['7 invalidDefaultValue']],
  ['properties: { a: { type: string, pattern: "^(a|b)$" } }', []],
  ['properties: { a: { type: string, pattern: "(" } }', ['7 schemaViolation']],
])(
  'for the input definition %s, validation reports these diagnostics (line and rule): %j',
  (input, expected) => {
    const yaml = workflow('- { name: a, type: data.set, with: { x: 1 } }', `inputs:\n  ${input}\n`);
    expect(found(yaml)).toEqual(expected);
  },
);

it.each(['expression:', 'expression: [a]', 'expression: a\ncases:\n  - match:'])(
  'validation refuses a `switch` without a value to compare: %j',
  (text) => {
    const cases = 'cases:\n  - match: 1';
    const keys = text.includes('cases') ? text : `${text}\n${cases}`;
    const yaml = step(
      `type: switch\n${keys}\n    steps: [{ name: c, type: wait, with: { duration: 1s } }]`,
    );
    const line = text.includes('cases') ? 13 : 11;
    expect(found(yaml)).toEqual([`${line} schemaViolation`]);
  },
);

it('validation does not take a quoted key for a text without a closing quote', () => {
  const yaml = step('type: console\nwith:\n  message:\n    "a": "b"');
  const dedented = yaml.replace('    type: console', '   type: console');
  expect(found(dedented)[0]).toBe('10 yamlSyntaxError');
  expect(found(dedented)).not.toContain('13 yamlSyntaxError');
});
