import { describe, expect, it } from '@jest/globals';
import { found, step, validate, workflow } from './workflow_texts.mock.ts';

describe('conditions', () => {
  const conditionOf = (condition: string): string =>
    step(`type: console\nif: ${condition}\nwith: { message: hi }`);

  it.each([
    ['"steps.a.output.x : 1"', []],
    ['"${{ steps.a.output.x.size > 0 }}"', []],
    ['"{{ steps.a.output.x }}"', []],
    ['"steps.a.output.x == 1"', ['11 invalidEqualityOperator']],
    ['"steps.a.output.x != 1"', ['11 invalidInequalityOperator']],
    ['"steps.a.output.x = 1"', ['11 invalidAssignmentOperator']],
    ['"steps.a.output.x : \\"a == b\\""', []],
    ['"steps.a.output.x >= 1"', []],
    ['"{{ steps.a.output.x | size }} > 0"', ['11 conditionNeverTrue (w)']],
    ['"not {{ steps.a.output.x }} : yes"', ['11 conditionNeverTrue (w)']],
    ['"just words"', ['11 conditionNeverTrue (w)']],
    ['"(steps.a.output.x : 1"', ['11 invalidIfConditionSyntax']],
    ['"steps.c.output.x : 1"', ['11 invalidVariableReference']],
    ['true', []],
  ])('reports for the condition %s: %j', (condition, expected) => {
    expect(found(conditionOf(condition))).toEqual(expected);
  });

  it('suggests a condition for a wrong operator and for a filter outside of `${{ }}`', () => {
    const replacement = (condition: string) =>
      validate(conditionOf(condition)).diagnostics[0]?.replacement;
    expect(replacement('"steps.a.output.x == 1"')).toBe('steps.a.output.x: 1');
    expect(replacement('"steps.a.output.x != \'y\'"')).toBe('not steps.a.output.x: "y"');
    expect(replacement('"{{ steps.a.output.x | size }} > 0"')).toBe(
      '${{ steps.a.output.x.size > 0 }}',
    );
  });
});

describe('references', () => {
  const message = (value: string): string => step(`type: console\nwith:\n  message: ${value}`);

  it.each([
    ['"{{ steps.a.output.x[0] }}"', []],
    ['"{{ steps.aa.output }}"', ['12 invalidVariableReference']],
    ['"{{ steps.b.output }}"', []],
    ['"{{ input.x }}"', ['12 invalidVariableReference']],
    ['"{{ consts.x }}"', ['12 invalidVariableReference']],
    ['"{{ inputs.x }}"', ['12 invalidVariableReference']],
    ['"{{ variables.x }} {{ now }} {{ execution.id }}"', []],
    ['"{% assign z = 1 %}{{ z }}"', []],
    ['"{{ steps.a.output.x | nothing }}"', ['12 liquidSyntaxError']],
    ['"${{ steps.a }} and {{ steps.a }}"', ['12 liquidSyntaxError']],
    ['|\n    first {{ now }}\n    second {{ wrong }}', ['14 invalidVariableReference']],
  ])('reports for %j: %j', (value, expected) => {
    expect(found(message(value))).toEqual(expected);
  });

  it('names the steps that cannot have run', () => {
    const yaml = workflow(`
- name: first
  type: http
  with: { url: '{{ steps.second.output }}' }
- name: second
  type: if
  condition: 'inputs : *'
  steps:
    - { name: yes_step, type: http, with: { url: '{{ steps.no_step.output }}' } }
  else:
    - { name: no_step, type: http, with: { url: '{{ steps.first.output }}' } }
- name: third
  type: http
  with: { url: '{{ steps.yes_step.output }}{{ steps.no_step.output }}' }
`);
    expect(found(yaml)).toEqual(['7 invalidVariableReference', '12 invalidVariableReference']);
  });

  it('allows a later step of the same loop', () => {
    const yaml = workflow(`
- name: loop
  type: while
  condition: 'while.iteration < 3'
  steps:
    - { name: x, type: http, with: { url: '{{ steps.y.output }}' } }
    - { name: y, type: http, with: { url: '{{ steps.x.output }}' } }
`);
    expect(found(yaml)).toEqual([]);
  });
});

describe('names of list members', () => {
  it.each([
    [
      'type: data.map\nitems: "{{ steps.a.output.x }}"\nwith: { fields: { y: "{{ item.z }}" } }',
      [],
    ],
    ['type: data.filter\nitems: "{{ steps.a.output.x }}"\nwith: { condition: "item.z : 1" }', []],
    [
      'type: data.map\nitems: "{{ item.x }}"\nwith: { fields: {} }',
      ['11 invalidVariableReference'],
    ],
    ['type: console\nwith: { message: "{{ item.x }}" }', ['11 invalidVariableReference']],
  ])('reports for %j: %j', (yaml, expected) => {
    expect(found(step(yaml))).toEqual(expected);
  });
});
