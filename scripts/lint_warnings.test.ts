import { expect, it } from 'vitest';
import { countsIn, increases } from './lint_warnings.ts';

const PARAMETERS = 'complexity/useMaxParams';
const LINES = 'style/noExcessiveLinesPerFile';

it('the lint warnings are counted by rule; the count of a rule without warnings is 0', () => {
  const diagnostics = [PARAMETERS, PARAMETERS, 'suspicious/noConsole'].map((rule) => ({
    category: `lint/${rule}`,
  }));
  const report = JSON.stringify({ summary: { warnings: 3 }, diagnostics });
  expect(countsIn(report)).toEqual({ [PARAMETERS]: 2, [LINES]: 0 });
});

it('the check of lint warnings reports a rule with more warnings than recorded', () => {
  const recorded = { [PARAMETERS]: 2, [LINES]: 5 };
  expect(increases({ [PARAMETERS]: 2, [LINES]: 4 }, recorded)).toEqual([]);
  expect(increases({ [PARAMETERS]: 3, [LINES]: 5 }, recorded)).toEqual([
    expect.stringMatching(/^complexity\/useMaxParams: 3 warnings, 2 are recorded/),
  ]);
  expect(increases({ [LINES]: 1 }, {})).toHaveLength(1);
});
