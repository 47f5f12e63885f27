import { describe, expect, it } from 'vitest';
import { step, validate } from './workflow_texts.mock.ts';

describe('validation of conditions that are one expression', () => {
  const conditionOf = (condition: string): string =>
    step(`type: console\nif: ${condition}\nwith: { message: hi }`);

  it.each([
    ['${{ now | size }}', 'a number', ' Write `${{ now.size > 0 }}`.'],
    ['{{ now | size }}', 'a number', ' Write `${{ now.size > 0 }}`.'],
    ['${{ execution.url.size }}', 'a number', ' Write `${{ execution.url.size > 0 }}`.'],
    ['${{ now | plus: 1 }}', 'a number', ''],
    ['${{ now | first | size }}', 'a number', ''],
    ['${{ now | split: "|" }}', 'a list', ''],
  ])('warns that the condition %j is neither true nor false', (condition, kind, hint) => {
    const { diagnostics } = validate(conditionOf(JSON.stringify(condition)));
    expect(diagnostics).toMatchObject([
      {
        ruleId: 'conditionNeverTrue',
        severity: 'warning',
        message: `This gives ${kind}, which is neither true nor false.${hint}`,
      },
    ]);
  });

  it.each([
    '${{ now.size > 0 }}',
    '${{ now | default: false }}',
    '${{ now | append: " | size" }}',
    '${{ now | first }}',
    '${{ execution.isTestRun }}',
  ])('reports nothing for the condition %j', (condition) => {
    expect(validate(conditionOf(JSON.stringify(condition))).diagnostics).toEqual([]);
  });
});
