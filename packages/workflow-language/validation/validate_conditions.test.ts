import { describe, expect, it, vi } from 'vitest';
import { evaluateCondition } from '../conditions/evaluate_condition.ts';
import { readCondition } from '../conditions/static_condition.ts';
import { sharedTemplateEngine } from '../templates/template_engine.ts';
import { found, step, validate } from './workflow_texts.mock.ts';

describe('validation of conditions', () => {
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
    ['"steps.a.output.x : null"', ['11 conditionNeverTrue (w)']],
    ['"steps.a.output.x > null"', ['11 conditionNeverTrue (w)']],
    ['"steps.a.output.x : \\"null\\""', []],
    ['"(steps.a.output.x : 1"', ['11 invalidIfConditionSyntax']],
    ['"steps.c.output.x : 1"', ['11 invalidVariableReference']],
    ['true', []],
  ])('for %s, reports these diagnostics (line and rule): %j', (condition, expected) => {
    expect(found(conditionOf(condition))).toEqual(expected);
  });

  it.each([
    ['steps.c.output.x < {% assign y = 1 %}{{ y }}', ['11 invalidVariableReference']],
    ['steps.a.output.x < {% assign y = 1 %}{{ y }}', []],
    ['{% if now %}steps.c.output : 1{% else %} steps.c.output : 2 {% endif %}', []],
    ['{% if now %}true{% else %}false{% endif %}', []],
  ])('for %j, which has tags, reports these diagnostics: %j', (condition, expected) => {
    expect(found(conditionOf(JSON.stringify(condition)))).toEqual(expected);
  });

  it('reports a filter outside `${{ }}` once', () => {
    const { diagnostics } = validate(conditionOf('inputs.a | size > 0'));
    expect(diagnostics.map(({ ruleId }) => ruleId)).toEqual(['conditionNeverTrue']);
  });

  it('suggests a condition when an operator is wrong or a filter is outside `${{ }}`', () => {
    const replacement = (condition: string) =>
      validate(conditionOf(condition)).diagnostics[0]?.replacement;
    expect(replacement('"steps.a.output.x == 1"')).toBe('steps.a.output.x: 1');
    expect(replacement('"steps.a.output.x != \'y\'"')).toBe('not steps.a.output.x: \\"y\\"');
    expect(replacement('"{{ steps.a.output.x | size }} > 0"')).toBe(
      '${{ steps.a.output.x.size > 0 }}',
    );
    expect(replacement('"steps.a.output.x | size > 0"')).toBe('${{ steps.a.output.x.size > 0 }}');
    expect(replacement('steps.a.output.x')).toBe('${{ steps.a.output.x != blank }}');
    expect(replacement('not steps.a.output.x')).toBe('${{ steps.a.output.x == blank }}');
    expect(replacement('"!steps.a.output.x"')).toBe('${{ steps.a.output.x == blank }}');
    expect(replacement('"steps.a.output.x : null"')).toBe('not steps.a.output.x : *');
  });

  it.each([
    ['x == "a" and y : b', 'x: "a" and y : b'],
    ['x == "a" && y != 3', 'x: "a" and not y: 3'],
    ['(x == "a" or y = \'b or c\') and z > 3', '(x: "a" or y: "b or c") and z > 3'],
    ['not x == 1 or (y == 2 or y == 3)', 'not x: 1 or (y: 2 or y: 3)'],
    ['x == "a=b" and y == null', 'x: "a=b" and not y : *'],
    ['x == inputs.a and y == 2', '${{ x == inputs.a and y == 2 }}'],
    ['{{ x }} == "a" or {{ y }} != "b"', '${{ x == "a" or y != "b" }}'],
  ])('replaces %j as a whole by %j', (condition, replacement) => {
    const [fault] = readCondition(condition).faults;
    expect(fault).toMatchObject({ start: 0, end: condition.length, replacement });
    expect(readCondition(replacement).faults).toEqual([]);
  });

  it.each([
    '{{ x }} == "a" and {{ y }} == "b" or {{ z }} == "c"',
    '({{ x }} == "a" or {{ y }} == "b")',
    'x == a and y | size > 0',
    'x == a and y',
    'x == a and',
    'x: (a or b) and y == 2',
  ])('marks only the operator of %j, whose meaning is not certain', (condition) => {
    const [fault] = readCondition(condition).faults;
    expect(fault?.replacement).toBeUndefined();
    expect(condition.slice(fault?.start, fault?.end)).toBe('==');
  });

  it.each([
    ['comparisons', `x == 1${' and y == 2'.repeat(900)}`],
    ['spaces', `x == 1 and${' '.repeat(9_900)}y`],
    ['parentheses', `x == 1 and ${')'.repeat(9_900)}`],
    ['negations', `x == 1 and ${'not '.repeat(2_400)}y`],
  ])('reports the operator of a condition with thousands of %s', (_, text) => {
    expect(readCondition(text).faults.map(({ kind }) => kind)).toEqual(['equality']);
  });

  it.each([
    ['steps.a.output.x : 1 && steps.a.output.x : 2', 'invalidIfConditionSyntax', 'and'],
    ['steps.a.output.x : 1||steps.a.output.x : 2', 'invalidIfConditionSyntax', ' or '],
    ['steps.a.output.x : 1 || 2', 'conditionNeverTrue', undefined],
  ])('for %j, reports %s and suggests %j', (condition, ruleId, replacement) => {
    const { diagnostics } = validate(conditionOf(JSON.stringify(condition)));
    expect(diagnostics.map((each) => [each.ruleId, each.replacement, each.line])).toEqual([
      [ruleId, replacement, 11],
    ]);
  });

  it.each(['"steps.a.output.x : \\"a && b\\""', '"steps.a.output.x : {{ now }}"'])(
    'accepts %s, which has an operator in quotes or none',
    (condition) => {
      expect(found(conditionOf(condition))).toEqual([]);
    },
  );

  it.each([
    ['true', true],
    ['false', false],
    ['"closed"', true],
    ['""', false],
    ['0', true],
    ['[]', false],
  ])('replaces a path alone so that the value %s gives %s', (value, expected) => {
    const [fault] = readCondition('inputs.x').faults;
    const context = { inputs: { x: JSON.parse(value) } };
    const scope = { engine: sharedTemplateEngine(), context, now: 0 };
    expect(evaluateCondition(fault?.replacement, scope)).toBe(expected);
  });

  it.each([
    ['x | size > 0', ' Write `${{ x.size > 0 }}`.'],
    ['x   |   size > 0', ' Write `${{ x.size > 0 }}`.'],
    [`x | y${' '.repeat(5_000)}z > 0`, ''],
    ['x | first | size > 0', ''],
    ['x | resize > 0', ''],
  ])('explains the fault of %j, which has a filter outside `${{ }}`', (condition, hint) => {
    const { diagnostics } = validate(conditionOf(JSON.stringify(condition)));
    expect(diagnostics[0]?.message).toBe(`A filter works inside of \`\${{ }}\` only.${hint}`);
  });

  it('finds the end of a field with a filter in linear time', () => {
    const replace = vi.spyOn(String.prototype, 'replace');
    validate(conditionOf(JSON.stringify(`marked${' '.repeat(50)}x | size > 0`)));
    const texts = replace.mock.contexts.filter((text) => /^marked +x \| size$/.test(`${text}`));
    replace.mockRestore();
    expect(texts).toEqual([]);
  });
});

describe('validation of fields in conditions', () => {
  const condition = (text: string): string =>
    step(`type: console\nif: ${text}\nwith: { message: hi }`);

  it('only warns about a field that does not exist, because the workflow runs nevertheless', () => {
    expect(found(condition('"nobody.x : 1"'))).toEqual(['11 conditionNeverTrue (w)']);
  });

  it('warns about single quotes, which become part of the compared text, and suggests double quotes', () => {
    const { diagnostics } = validate(condition(`"steps.a.output.x : 'b c'"`));
    expect(diagnostics).toMatchObject([{ ruleId: 'conditionNeverTrue', replacement: '\\"b c\\"' }]);
  });

  it('allows only fields of the member in a condition that is evaluated for each member', () => {
    const filter = (text: string): string =>
      step(`type: data.filter\nitems: "\${{ steps.a.output.x }}"\nwith: { condition: "${text}" }`);
    expect(found(filter('item.a : 1 and index > 0'))).toEqual([]);
    expect(found(filter('a : 1'))).toEqual(['12 conditionNeverTrue (w)']);
  });
});

describe('validation of the condition of a trigger', () => {
  it.each([
    ['event.workflow.name : x', []],
    ['event : { workflow : { name : x } }', []],
    ['event.spaceId : x and event.error.other : y', []],
    ['workflow.name : x', ['5 conditionNeverTrue (w)']],
    ['event.erorr.message : x', ['5 conditionNeverTrue (w)']],
    ['event.workflow.nmae : x', ['5 conditionNeverTrue (w)']],
  ])('for %j, reports %j', (condition, expected) => {
    const trigger = `type: workflows.failed\n    on: { condition: "${condition}" }`;
    const yaml = step('type: console\nwith: { message: hi }').replace('type: manual', trigger);
    expect(found(yaml.replace('    on:', '\n    on:'))).toEqual(expected);
  });
});
