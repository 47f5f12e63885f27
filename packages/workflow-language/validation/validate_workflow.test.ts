import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { validateWorkflow } from './validate_workflow.ts';
import { found, registry, step, validate, workflow } from './workflow_texts.mock.ts';

describe('a valid workflow', () => {
  it('is accepted: the search of Google Drive from the documentation of Kibana', () => {
    const yaml = `version: '1'
name: 'sources.google_drive.search'
description: Search for files
tags: ['agent-builder-tool']
enabled: true
triggers:
  - type: manual
inputs:
  - name: query
    type: string
    description: "Examples: name contains 'budget' | 'me' in owners"
  - name: pageSize
    type: number
    required: false
steps:
  - name: search_files
    type: google_drive.searchFiles
    connector-id: <ENTER YOUR CONNECTOR ID HERE!>
    with:
      query: "\${{inputs.query}}"
      pageSize: \${{inputs.pageSize}}
`;
    const { valid, diagnostics } = validate(yaml);
    expect(valid).toBe(false);
    expect(diagnostics).toEqual([
      expect.objectContaining({
        ruleId: 'connectorNotFound',
        line: 18,
        column: 19,
        message: 'This is a placeholder: choose a connector of type .google_drive.',
      }),
    ]);
    expect(validate(yaml.replace('<ENTER YOUR CONNECTOR ID HERE!>', 'My Drive'))).toMatchObject({
      valid: true,
      diagnostics: [],
    });
  });

  it('is accepted: every kind of step', () => {
    expect(
      found(
        workflow(
          `
- name: loop
  type: foreach
  foreach: '{{ inputs.list }}'
  max-iterations: { limit: 5, on-limit: fail }
  steps:
    - name: check
      type: if
      condition: 'foreach.item.size > 3 and not steps.later.output : *'
      steps:
        - name: stop
          type: loop.break
      else:
        - name: log
          type: console
          if: '\${{ foreach.index == 1 }}'
          with:
            message: '{{ foreach.item | json }} of {{ steps.loop.total }}'
    - name: later
      type: http
      timeout: 1m30s
      with:
        url: https://example.com/{{ foreach.index }}
      on-failure:
        retry:
          max-attempts: 2
          condition: 'error.type : "HttpError"'
        fallback:
          - name: note
            type: console
            with: { message: '{{ error.message }} {{ steps.later.error.message }}' }
        continue: true
- name: choose
  type: switch
  expression: '{{ inputs.mode }}'
  cases:
    - match: a
      steps:
        - name: a1
          type: data.set
          with: { x: 1 }
  default:
    - name: b1
      type: workflow.output
      with: { y: '{{ consts.c }}' }
- name: both
  type: parallel
  branches:
    - name: one
      steps: [{ name: p1, type: wait, with: { duration: 5s } }]
    - name: two
      steps: [{ name: p2, type: data.set, with: { x: '{{ steps.loop.total }}' } }]
- name: each
  type: data.map
  items: '\${{ steps.both.output.results }}'
  with:
    fields: { key: '{{ item.key }}', n: '{{ index }}' }
`,
          `inputs:
  - { name: list, type: array }
  - { name: mode, type: choice, options: [a, b], default: a }
consts: { c: 1 }
`,
        ),
      ),
    ).toEqual([]);
  });
});

describe('validation of the document', () => {
  it.each([
    ['a: [1\n', ['1 yamlSyntaxError']],
    ['- a\n', ['1 schemaViolation']],
    ['', ['1 schemaViolation']],
    [
      step('type: console\nwith: { message: hi }').replace('name: test', 'nam: test'),
      ['1 schemaViolation', '1 schemaViolation (w)'],
    ],
    [`version: 1\n${step('type: console\nwith: { message: hi }')}`, ['1 schemaViolation']],
    [`timout: 5m\n${step('type: console\nwith: { message: hi }')}`, ['1 schemaViolation (w)']],
    [
      `settings: { timeout: 1.5h }\n${step('type: console\nwith: { message: hi }')}`,
      ['1 schemaViolation'],
    ],
  ])('for %j, reports these diagnostics (line and rule): %j', (yaml, expected) => {
    expect(found(yaml)).toEqual(expected);
  });

  it('suggests the right key when a key is misspelt', () => {
    const { diagnostics } = validate(step('type: console\ntimout: 5s\nwith: { message: hi }'));
    expect(diagnostics).toEqual([
      expect.objectContaining({
        message: 'The key `timout` is unknown here and ignored. Did you mean `timeout`?',
        replacement: 'timeout',
        line: 11,
        column: 5,
        endColumn: 11,
      }),
    ]);
  });
});

describe('validation of triggers', () => {
  const trigger = (yaml: string): string =>
    step('type: console\nwith: { message: hi }').replace('  - type: manual', `  - ${yaml}`);

  it.each([
    ['{ type: scheduled, with: { every: 5m } }', []],
    ['{ type: scheduled, with: { every: 59s } }', ['3 schemaViolation']],
    ['{ type: scheduled, with: { every: 0m } }', ['3 schemaViolation']],
    ['{ type: scheduled, with: { interval: 5m } }', ['3 schemaViolation']],
    ['{ type: scheduled, with: { rrule: { freq: DAILY, interval: 1, tzid: Etc/GMT+2 } } }', []],
    ['{ type: scheduled, with: { rrule: { freq: HOURLY, interval: 1 } } }', ['3 schemaViolation']],
    [
      '{ type: scheduled, with: { rrule: { freq: DAILY, interval: 1, tzid: Mars } } }',
      ['3 schemaViolation'],
    ],
    [
      '{ type: scheduled, with: { rrule: { freq: DAILY, interval: 1, tzid: "+02:00" } } }',
      ['3 schemaViolation'],
    ],
    [
      '{ type: scheduled, with: { rrule: { freq: MONTHLY, interval: 1, bymonthday: [-1, 0] } } }',
      ['3 schemaViolation'],
    ],
    ['{ type: alert }', ['3 triggerNotAvailable (w)']],
    ['{ type: cases.updated }', ['3 schemaViolation']],
    ['{ type: cases.updated, nonsense: 1, on: { condition: "a :" } }', ['3 schemaViolation']],
    [
      '{ type: page }\n  - { type: page }',
      ['3 triggerNotAvailable (w)', '4 triggerNotAvailable (w)', '4 schemaViolation'],
    ],
    ['{ type: workflows.failed, on: { condition: "event.workflow.name : x" } }', []],
    ['{ type: workflows.failed, on: { condition: "(a : 1" } }', ['3 invalidTriggerCondition']],
    [
      '{ type: workflows.failed, on: { condition: "${{ event.x == 1 }}" } }',
      ['3 invalidTriggerCondition'],
    ],
    [
      '{ type: workflows.failed, on: { condition: "{% if event.x %}true{% endif %}" } }',
      ['3 invalidTriggerCondition'],
    ],
    ['{ with: {} }', ['3 schemaViolation']],
  ])('for %s, reports these diagnostics (line and rule): %j', (yaml, expected) => {
    expect(found(trigger(yaml))).toEqual(expected);
  });
});

describe('validation of steps', () => {
  it.each<[string, readonly string[]]>([
    ['type: nothing', ['10 schemaViolation']],
    ['type: forech\nforeach: [1]', ['10 schemaViolation']],
    ['type: elasticsearch.search\nwith: { index: "{{ broken" }', ['10 schemaViolation']],
    [
      'type: data.regex_extract\nsource: a\nwith: { pattern: a, fields: { x: $1 } }',
      ['10 deprecatedStepType (w)'],
    ],
    ['type: console', ['9 schemaViolation']],
    ['type: console\nwith: {}', ['11 schemaViolation']],
    ['type: console\nwith: { message: hi }\ncondition: x', ['12 schemaViolation']],
    [
      'type: if\nif: true\ncondition: "inputs: *"\nsteps: [{ name: c, type: loop.break }]',
      ['11 schemaViolation', '13 graphBuildError'],
    ],
    ['type: wait\nwith: { duration: 5 minutes }', ['11 schemaViolation']],
    ['type: wait\nwith: { duration: "{{ steps.a.output.x }}" }', []],
    ['type: wait\nwith: { duration: {{ steps.a.output.x }} }', ['11 schemaViolation']],
    ['type: data.map\nitems: [a]\nwith: { fields: {}, extra: 1 }', ['12 schemaViolation (w)']],
    ['type: data.set\nwith: { x: 1 }\non-failure: { retry: {} }', ['12 schemaViolation']],
    [
      'type: data.set\nwith: { x: 1 }\non-failure: { retry: { max-attempts: 0 } }',
      ['12 schemaViolation'],
    ],
    ['type: foreach\nforeach: [1]\nsteps: []', ['12 schemaViolation']],
    [
      'type: parallel\nbranches: [{ name: x, steps: [{ name: c, type: console }] }]',
      ['11 schemaViolation', '11 schemaViolation'],
    ],
    [
      'type: parallel\nforeach: [1]\nmode: fast\nsteps: [{ name: c, type: waitForInput }]',
      ['12 invalidParallelMode', '13 graphBuildError'],
    ],
    ['type: parallel\nforeach: [1]', ['9 schemaViolation']],
  ])('for %j, reports these diagnostics (line and rule): %j', (yaml, expected) => {
    expect(found(step(yaml))).toEqual(expected);
  });

  it('reports a name that is used twice, even if one of the steps is in a fallback', () => {
    const yaml = step(
      'type: console\nwith: { message: hi }\non-failure:\n  fallback:\n    - { name: a, type: console, with: { message: x } }',
    );
    expect(found(yaml)).toEqual(['14 duplicateStepName']);
  });

  it('reports a step without a name or a type', () => {
    expect(found(workflow('- with: { x: 1 }'))).toEqual(['5 schemaViolation', '5 schemaViolation']);
  });
});

describe('validation of connectors', () => {
  const drive = (id: string, input = '{ query: x }'): string =>
    step(`type: google_drive.searchFiles\n${id}\nwith: ${input}`);

  it.each([
    ['connector-id: c1', []],
    ['connector-id: My Drive', []],
    ['connector-id: "{{ consts.missing }}"', ['11 invalidVariableReference']],
    ['connector-id: nothing', ['11 connectorNotFound']],
    ['connector-id: c2', ['11 connectorTypeMismatch']],
    ['connector-id: Uploads', ['10 actionNotEnabled']],
    ['connector-id: c4', []],
    ['connector-id: __install__.drive', ['11 connectorNotFound']],
    ['connector-id: REPLACE_WITH_CONNECTOR_ID', ['11 connectorNotFound']],
    ['connector-id: <%= drive %>', ['11 connectorNotFound']],
    ['timeout: 5s', ['9 connectorNotFound']],
  ])('for %s, reports these diagnostics (line and rule): %j', (id, expected) => {
    expect(found(drive(id))).toEqual(expected);
  });

  it('checks the connector with the id, not another connector that has this id as its name', () => {
    const connectors = [
      { id: 'team', name: 'A', connectorTypeId: '.google_drive', enabledActions: [] },
      { id: 'b', name: 'team', connectorTypeId: '.google_drive' },
    ];
    const { diagnostics } = validateWorkflow(drive('connector-id: team'), { registry, connectors });
    expect(diagnostics.map(({ ruleId }) => ruleId)).toEqual(['actionNotEnabled']);
  });

  it('reports unknown keys of an action as errors', () => {
    expect(found(drive('connector-id: c1', '{ query: x, limit: 5 }'))).toEqual([
      '12 schemaViolation',
    ]);
    expect(found(drive('connector-id: c1', '{ query: 5 }'))).toEqual(['12 schemaViolation']);
    expect(found(drive('connector-id: c1', '{}'))).toEqual(['12 schemaViolation']);
  });

  it('reports nothing about connectors when they are not known', () => {
    expect(validateWorkflow(drive('connector-id: other'), { registry }).diagnostics).toEqual([]);
  });
});

describe('validation of inputs', () => {
  const inputs = (yaml: string): string =>
    workflow('- { name: a, type: data.set, with: { x: 1 } }', `inputs:\n  ${yaml}\n`);

  it.each([
    ['- { name: a, type: string, default: x }', []],
    ['- { name: a, type: number, default: x }', ['7 invalidDefaultValue']],
    ['- { name: a, type: choice, options: [x], default: y }', ['7 invalidDefaultValue (w)']],
    ['- { name: a, type: choice }', ['7 schemaViolation']],
    ['- { name: a, type: object }', ['7 schemaViolation']],
    ['- { name: a, type: array, minItems: 2, default: [1] }', ['7 invalidDefaultValue']],
    ['- { name: a, type: string, default: "{{ now }}" }', []],
    ['properties: { a: { type: integer, default: 1.5 } }', ['7 invalidDefaultValue']],
    ['a: { type: string }', ['7 schemaViolation']],
  ])('for %s, reports these diagnostics (line and rule): %j', (yaml, expected) => {
    expect(found(inputs(yaml))).toEqual(expected);
  });
});

describe('validation of hostile texts', () => {
  it('reports at most 500 diagnostics', () => {
    const steps = Array.from({ length: 600 }, (_, index) => `- { name: s${index}, type: x }`);
    const { diagnostics, truncated } = validate(workflow(steps.join('\n')));
    expect(diagnostics).toHaveLength(500);
    expect(truncated).toBe(true);
  });

  it('never throws, however a workflow is damaged', () => {
    const lines = step('type: console\nif: "a: 1"\nwith: { message: "{{ x }}" }').split('\n');
    fc.assert(
      fc.property(
        fc.array(
          fc.tuple(
            fc.nat(lines.length - 1),
            fc.nat(40),
            fc.constantFrom('', '{', '- ', '"', ': ', '{{', '*a'),
          ),
          { maxLength: 4 },
        ),
        (edits) => {
          const damaged = [...lines];
          for (const [line, column, piece] of edits) {
            const old = damaged[line] ?? '';
            damaged[line] = old.slice(0, column) + piece + old.slice(column + 1);
          }
          for (const { line, column, endLine } of validate(damaged.join('\n')).diagnostics) {
            expect(line).toBeGreaterThan(0);
            expect(column).toBeGreaterThan(0);
            expect(endLine).toBeGreaterThanOrEqual(line);
          }
        },
      ),
      { numRuns: 200 },
    );
  });

  it.each<[string, () => string]>([
    [
      '20,000 unknown keys',
      () =>
        step(
          `type: console\nwith: { message: x }\n${Array.from({ length: 20_000 }, (_, index) => `k${index}: 1`).join('\n')}`,
        ),
    ],
    [
      'a condition of 8,000 terms',
      () => step(`type: console\nwith: { message: x }\nif: "a${' or a'.repeat(8_000)}"`),
    ],
    [
      '10,000 unknown variables',
      () => step(`type: console\nwith: { message: "${'{{nox}}'.repeat(10_000)}" }`),
    ],
    [
      '20,000 outputs',
      () => step(`type: console\nwith: { message: "${'{{now}}'.repeat(20_000)}" }`),
    ],
    [
      'quotes without an end',
      () => step(`type: console\nwith: { message: x }\nif: |\n  ${'\\"'.repeat(4_000)}`),
    ],
    [
      'a name of 40,000 letters',
      () =>
        step(
          `type: console\nif: "steps.${'ab'.repeat(2_000)}.x : 1"\nwith: { message: "{{ steps.${'ab'.repeat(20_000)}.x }}" }`,
        ),
    ],
    [
      '50,000 wrong tags',
      () =>
        step('type: console\nwith: { message: x }').replace(
          'name: test',
          `name: test\ntags: [${'1,'.repeat(50_000)}1]`,
        ),
    ],
    [
      '30,000 steps that are numbers',
      () => step(`type: foreach\nforeach: x\nsteps: [${'1,'.repeat(30_000)}1]`),
    ],
    [
      'malformed schemas of inputs',
      () =>
        workflow(
          '- { name: a, type: data.set, with: { x: 1 } }',
          'inputs: { properties: { a: { default: x, format: constructor, required: 5, allOf: [null], $ref: "#" } } }\n',
        ),
    ],
  ])('ends in time for %s', (_, text) => {
    // Without the limits of the package, the validation takes minutes, and the time limit of the
    // test ends it.
    expect(validate(text()).diagnostics.length).toBeLessThanOrEqual(500);
  });

  it('never runs patterns of an author', () => {
    const yaml = workflow(
      '- { name: a, type: data.set, with: { x: 1 } }',
      `inputs:\n  properties: { a: { type: string, pattern: ^(a+)+$, default: ${'a'.repeat(60)}! } }\n`,
    );
    expect(found(yaml)).toEqual([]);
  });

  it('treats names of JavaScript properties as ordinary keys', () => {
    const yaml = workflow(
      '- { name: constructor, type: data.set, with: { __proto__: 1 } }\n- { name: toString, type: console, with: { message: "{{ steps.constructor.output }}{{ steps.hasOwnProperty.output }}" } }',
    );
    expect(found(yaml)).toEqual(['6 invalidVariableReference']);
  });
});

describe('`iteration-on-failure`', () => {
  it('is checked like `on-failure`, including the steps of its fallback', () => {
    const steps = `type: foreach
foreach: [1]
iteration-on-failure:
  fallback:
    - { nonsense: 1 }
    - { name: b, type: data.set, with: { x: 1 } }
steps:
  - { name: c, type: data.set, with: { x: 1 } }`;
    expect(found(step(steps))).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/schemaViolation$/),
        expect.stringMatching(/duplicateStepName$/),
      ]),
    );
  });
});
