import { describe, expect, it } from 'vitest';
import { found, step, validate, workflow } from './workflow_texts.mock.ts';

const repairs = (yaml: string) =>
  validate(yaml).diagnostics.map(({ severity, line, replacement }) => [
    severity,
    line,
    replacement,
  ]);

describe('validation of a text where another kind of value is needed', () => {
  it.each([
    ['data.filter', 'items: "{{ steps.a.output.x }}"\nwith: { condition: "item : 1" }'],
    ['data.find', 'items: steps.a.output.x\nwith: { condition: "item : 1" }'],
    ['data.map', 'items: "{{ steps.a.output.x | json }}"\nwith: { fields: { y: 1 } }'],
    ['data.dedupe', 'items: "{{ steps.a.output.x }}"\nwith: { keys: [y] }'],
    ['data.aggregate', 'items: "{{steps.a.output.x}}"\nwith: { group_by: [y] }'],
  ])('warns about the list of a step %s', (type, keys) => {
    const quote = keys.includes('"{{') ? '"' : '';
    const expected = `${quote}\${{ steps.a.output.x }}${quote}`;
    expect(repairs(step(`type: ${type}\n${keys}`))).toEqual([['warning', 11, expected]]);
  });

  it.each([
    ['google_drive.searchFiles', 'connector-id: My Drive', 'query: q, pageSize: *'],
    ['data.filter', 'items: [1]', 'condition: "item : 1", limit: *'],
    ['data.concat', 'arrays: [[1]]', 'dedupe: *'],
    ['http', 'timeout: 5s', 'url: x, query: *'],
    ['workflow.execute', 'timeout: 5s', 'workflow-id: Open, inputs: *'],
  ])('warns about `{{ }}` in the input of %s, and accepts `${{ }}`', (type, key, input) => {
    const yaml = (value: string): string =>
      step(`type: ${type}\n${key}\nwith: { ${input.replace('*', value)} }`);
    expect(repairs(yaml('"{{ steps.a.output.x }}"'))).toEqual([
      ['warning', 12, '"${{ steps.a.output.x }}"'],
    ]);
    expect(repairs(yaml('"{% if now %}1{% endif %}"'))).toEqual([['warning', 12, undefined]]);
    expect(found(yaml('"${{ steps.a.output.x }}"'))).toEqual([]);
  });

  it('names the needed kinds', () => {
    const { diagnostics } = validate(
      step(
        'type: data.concat\narrays: [["a"], "{{ steps.a.output.x }}"]\nwith: { flatten: "{{ now }}" }',
      ),
    );
    expect(diagnostics.map((each) => each.message)).toEqual([
      '`{{ }}` gives a text, and a list is needed here. Write `${{ steps.a.output.x }}`, which keeps the kind of its value.',
      '`{{ }}` gives a text, and true or false or a whole number is needed here. Write `${{ now }}`, which keeps the kind of its value.',
    ]);
  });

  it.each([
    'type: data.parseJson\nsource: "{{ steps.a.output.x }}"',
    'type: data.set\nwith: { y: "{{ steps.a.output.x }}" }',
    'type: http\nwith: { url: "{{ now }}", body: "{{ now }}", headers: { x: "{{ now }}" } }',
    'type: foreach\nforeach: "{{ steps.a.output.x }}"\nsteps:\n  - { name: c, type: console, with: { message: x } }',
    'type: wait\nwith: { duration: "{{ steps.a.output.x }}" }',
    'type: data.aggregate\nitems: [1]\nwith: { group_by: "{{ now }}" }',
  ])('accepts a text in %j', (yaml) => {
    expect(found(step(yaml))).toEqual([]);
  });

  it('warns about inputs for another workflow and about outputs', () => {
    const inputs = 'name: "{{ now }}", size: "{{ steps.a.output.x }}"';
    const child = `type: workflow.execute\nwith: { workflow-id: Child, inputs: { ${inputs} } }`;
    expect(found(step(child))).toEqual(['11 invalidInputType (w)']);
    const steps = '- { name: o, type: workflow.output, with: { n: "{{ now }}", s: "{{ now }}" } }';
    const outputs = 'outputs: [{ name: n, type: number }, { name: s, type: string }]\n';
    expect(found(workflow(steps, outputs))).toEqual(['5 invalidWorkflowOutput (w)']);
  });
});

describe('validation of templates in keys', () => {
  it('warns that keys are not rendered', () => {
    const yaml = step(
      'type: http\nwith:\n  url: x\n  body:\n    range:\n      "{{ steps.a.output.x }}": { lte: now }',
    );
    expect(validate(yaml).diagnostics).toMatchObject(
      [{ severity: 'warning', line: 15, column: 11, message: /^Keys are not rendered/ }].map(
        (each) => ({ ...each, message: expect.stringMatching(each.message) }),
      ),
    );
  });

  it('accepts keys without templates, and templates without quotes are reported once', () => {
    expect(found(step('type: data.set\nwith: { "a {b}": 1, $map: 2 }'))).toEqual([]);
    expect(found(step('type: data.set\nwith: { y: {{ now }} }'))).toEqual([
      '11 schemaViolation (w)',
    ]);
  });
});
