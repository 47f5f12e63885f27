import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { RULE_IDS, type RuleId } from './diagnostic.ts';
import { found, step, workflow } from './workflow_texts.mock.ts';

interface Example {
  /** A text for which the rule has no diagnostic. */
  readonly passes: string;
  readonly fails: string;
  /** Line of the first diagnostic of the rule, from 1. */
  readonly line: number;
}

const consoleIf = (condition: string): string =>
  step(`type: console\nif: ${condition}\nwith: { message: x }`);

const message = (text: string): string => step(`type: console\nwith:\n  message: ${text}`);

const inputs = (text: string): string =>
  workflow('- { name: a, type: data.set, with: { x: 1 } }', `inputs:\n  ${text}\n`);

const trigger = (text: string): string =>
  message('x').replace('  - type: manual', `  - type: ${text}`);

const drive = (id: string): string =>
  step(`type: google_drive.searchFiles\nconnector-id: ${id}\nwith: { query: x }`);

const fanOut = (length: number): string =>
  step(
    `type: parallel\nforeach: [${Array.from({ length }, () => 1).join()}]\nsteps: [{ name: c, type: wait, with: { duration: 1s } }]`,
  );

const child = (settings: string): string =>
  step(`type: workflow.execute\nwith: { workflow-id: ${settings} }`);

const OUTPUTS = 'outputs: [{ name: total, type: number, required: true }]\n';

/** An example for each rule. The type makes the compiler refuse a rule without one. */
const EXAMPLES: Readonly<Record<RuleId, Example>> = {
  yamlSyntaxError: { passes: message('"a: b"'), fails: message('a: b'), line: 12 },
  schemaViolation: {
    passes: step('type: wait\nwith: { duration: 5m }'),
    fails: step('type: wait\nwith:\n  duration: 5 minutes'),
    line: 12,
  },
  duplicateStepName: {
    passes: message('x'),
    fails: message('x').replace('name: b', 'name: a'),
    line: 9,
  },
  graphBuildError: {
    passes: step('type: foreach\nforeach: [1]\nsteps: [{ name: c, type: loop.break }]'),
    fails: step('type: if\ncondition: true\nsteps: [{ name: c, type: loop.break }]'),
    line: 12,
  },
  deprecatedStepType: {
    passes: step('type: data.regexExtract\nsource: a\nwith: { pattern: a, fields: { x: $1 } }'),
    fails: step('type: data.regex_extract\nsource: a\nwith: { pattern: a, fields: { x: $1 } }'),
    line: 10,
  },
  invalidVariableReference: {
    passes: message('|\n    one\n    {{ steps.a.output.x }}'),
    fails: message('|\n    one\n    {{ steps.z.output.x }}'),
    line: 14,
  },
  liquidSyntaxError: {
    passes: message('>-\n    one\n    {{ now | date: "%Y" }}'),
    fails: message('>-\n    one\n    {{ now | dates: "%Y" }}'),
    line: 14,
  },
  invalidForeachParameter: {
    passes: fanOut(2).replace('[1,1]', 'steps.a.output.x'),
    fails: fanOut(2).replace('[1,1]', 'everything'),
    line: 11,
  },
  unboundedParallelFanOut: {
    passes: fanOut(2).replace('[1,1]', '"{{ steps.a.output.x }}"\n    concurrency: 3'),
    fails: fanOut(2).replace('[1,1]', '"{{ steps.a.output.x }}"'),
    line: 11,
  },
  parallelFanOutExceedsLimit: { passes: fanOut(100), fails: fanOut(101), line: 11 },
  invalidParallelMode: {
    passes: fanOut(2).replace('foreach', 'mode: settled\n    foreach'),
    fails: fanOut(2).replace('foreach', 'mode: fast\n    foreach'),
    line: 11,
  },
  connectorNotFound: { passes: drive('My Drive'), fails: drive('Your Drive'), line: 11 },
  actionNotEnabled: { passes: drive('c4'), fails: drive('c3'), line: 10 },
  connectorTypeMismatch: { passes: drive('c1'), fails: drive('c2'), line: 11 },
  invalidEqualityOperator: {
    passes: consoleIf('"steps.a.output.x : 1"'),
    fails: consoleIf('"steps.a.output.x == 1"'),
    line: 11,
  },
  invalidInequalityOperator: {
    passes: consoleIf('"not steps.a.output.x : 1"'),
    fails: consoleIf('"steps.a.output.x != 1"'),
    line: 11,
  },
  invalidAssignmentOperator: {
    passes: consoleIf('"steps.a.output.x >= 1"'),
    fails: consoleIf('"steps.a.output.x = 1"'),
    line: 11,
  },
  invalidIfConditionSyntax: {
    passes: consoleIf('"(steps.a.output.x : 1)"'),
    fails: consoleIf('"(steps.a.output.x : 1"'),
    line: 11,
  },
  invalidTriggerCondition: {
    passes: trigger('workflows.failed\n    on:\n      condition: "event.x : 1"'),
    fails: trigger('workflows.failed\n    on:\n      condition: "event.x :"'),
    line: 5,
  },
  conditionNeverTrue: {
    passes: consoleIf('"${{ steps.a.output.x.size > 0 }}"'),
    fails: consoleIf('"{{ steps.a.output.x | size }} > 0"'),
    line: 11,
  },
  triggerNotAvailable: { passes: trigger('workflows.failed'), fails: trigger('alert'), line: 3 },
  invalidDefaultValue: {
    passes: inputs('- { name: a, type: number, default: 1 }'),
    fails: inputs('- { name: a, type: number, default: one }'),
    line: 7,
  },
  invalidWorkflowOutput: {
    passes: `${OUTPUTS}${step('type: workflow.output\nwith:\n  total: "${{ steps.a.output.x }}"')}`,
    fails: `${OUTPUTS}${step('type: workflow.output\nwith:\n  total: many')}`,
    line: 13,
  },
  targetWorkflowNotFound: {
    passes: child('Child, inputs: { name: x }'),
    fails: child('Gone'),
    line: 11,
  },
  unknownInputKey: {
    passes: child('Child, inputs: { name: x, size: 2 }'),
    fails: child('Child, inputs: { name: x, seize: 2 }'),
    line: 11,
  },
  missingRequiredInput: {
    passes: child('Child, inputs: { name: "{{ steps.a.output.x }}" }'),
    fails: child('Child, inputs: { size: 2 }'),
    line: 11,
  },
  invalidInputType: {
    passes: child('Child, inputs: { name: x, size: "${{ steps.a.output.x }}" }'),
    fails: child('Child, inputs: { name: x, size: many }'),
    line: 11,
  },
};

const reported = (text: string, rule: RuleId): readonly string[] =>
  found(text).filter((each) => each.replace(' (w)', '').endsWith(` ${rule}`));

describe.each(RULE_IDS)('the rule %s', (rule) => {
  const { passes, fails, line } = EXAMPLES[rule];

  it('reports its failing example on the line with the mistake', () => {
    expect(reported(fails, rule)[0]).toMatch(new RegExp(`^${line} `));
  });

  it('reports nothing for its passing example', () => {
    expect(reported(passes, rule)).toEqual([]);
  });

  it('is described in the README', () => {
    expect(readFileSync(new URL('../README.md', import.meta.url), 'utf8')).toContain(`\`${rule}\``);
  });
});
