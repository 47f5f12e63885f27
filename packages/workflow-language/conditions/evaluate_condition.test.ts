import { describe, expect, it } from 'vitest';
import { TemplateEngine } from '../templates/template_engine.ts';
import { ConditionError } from './condition_error.ts';
import { evaluateCondition } from './evaluate_condition.ts';

const scope = {
  engine: new TemplateEngine(),
  context: { inputs: { count: 3, yes: true, list: [1], text: 'x', word: ' true ' } },
  now: Date.parse('2026-11-29T10:00:00Z'),
};

describe('evaluateCondition', () => {
  it.each<[unknown, boolean]>([
    [true, true],
    [false, false],
    [undefined, false],
    ['true', true],
    [' false ', false],
    ['${{ inputs.yes }}', true],
    ['${{ inputs.count > 2 }}', true],
    ['${{ inputs.missing }}', false],
    ['{{ inputs.yes }}', true],
    ['{{ inputs.word }}', true],
    ['inputs.count : 3', true],
    ['inputs.count : {{ inputs.count }}', true],
    ['inputs.text : {{ inputs.count }}', false],
    ['inputs.list.length > 0', true],
  ])('evaluates %j as %s', (condition, expected) => {
    expect(evaluateCondition(condition, scope)).toBe(expected);
  });

  it.each([
    ['${{ inputs.count }}', 'of type number'],
    ['${{ inputs.list }}', 'a list'],
    ['${{ nil }}', 'null'],
    [5, 'of type number'],
    ['(inputs.count : 3', 'Expected ")"'],
    ['', 'Expected a field'],
  ])('fails for the condition %j', (condition, message) => {
    expect(() => evaluateCondition(condition, scope)).toThrow(ConditionError);
    expect(() => evaluateCondition(condition, scope)).toThrow(message);
  });
});
