import { join } from 'node:path';
import { expect, it } from 'vitest';
import { formatDuration, ROOT } from './command.ts';
import { resultFile, toResult } from './test_results.ts';

const FILE = resultFile(join(ROOT, 'plugins', 'actions'), 'integration');
const aFile = ({ name, ...over }: { readonly name: string; readonly [key: string]: unknown }) => ({
  name: join(ROOT, 'plugins', name),
  status: 'passed',
  startTime: 0,
  endTime: 0,
  assertionResults: [{ status: 'passed' }],
  ...over,
});
const anOutput = (over: object = {}) =>
  JSON.stringify({
    startTime: 1_000,
    numPassedTests: 5,
    numFailedTests: 1,
    testResults: [
      aFile({ name: 'a.test.ts', startTime: 1_500, endTime: 3_000 }),
      aFile({ name: 'b.test.ts', startTime: 3_000, endTime: 9_000 }),
    ],
    ...over,
  });

it('the test results count a file that could not be loaded as failed', () => {
  const testResults = [
    aFile({ name: 'a.test.ts', status: 'failed', assertionResults: [] }),
    aFile({ name: 'b.test.ts', status: 'failed' }),
    aFile({ name: 'c.test.ts', status: 'failed', assertionResults: [{ status: 'failed' }] }),
  ];
  expect(toResult(FILE, anOutput({ testResults }))).toMatchObject({ passed: 5, failed: 3 });
});

it('a failed test is listed with its title, and the first lines of its message and of its stack', () => {
  const assertionResults = [
    { status: 'passed', fullName: 'a page opens', failureMessages: [] },
    {
      status: 'failed',
      fullName: 'a page closes',
      failureMessages: [
        `\u001B[31mError\u001B[39m: open\n${'<p>\n'.repeat(40)}${'    at open (a.ts:1:1)\n'.repeat(40)}`,
      ],
    },
  ];
  const testResults = [aFile({ name: 'a.test.ts', status: 'failed', assertionResults })];
  expect(toResult(FILE, anOutput({ testResults })).failures).toEqual([
    {
      path: 'plugins/a.test.ts',
      title: 'a page closes',
      message: [
        'Error: open',
        ...Array<string>(11).fill('<p>'),
        ...Array<string>(12).fill('    at open (a.ts:1:1)'),
      ].join('\n'),
    },
  ]);
});

it('a file that could not be loaded is listed with its error and without a title', () => {
  const testResults = [
    aFile({ name: 'a.test.ts', status: 'failed', message: 'no module', assertionResults: [] }),
  ];
  expect(toResult(FILE, anOutput({ testResults })).failures).toEqual([
    { path: 'plugins/a.test.ts', message: 'no module' },
  ]);
});

it('the duration is measured from the start of Vitest to the end of the last file', () => {
  expect(toResult(FILE, anOutput())).toMatchObject({
    name: 'plugins/actions integration',
    durationMs: 8_000,
    files: [
      { path: 'plugins/a.test.ts', durationMs: 1_500 },
      { path: 'plugins/b.test.ts', durationMs: 6_000 },
    ],
  });
});

it('the duration is 0 when no file ran', () => {
  expect(toResult(FILE, anOutput({ testResults: [] })).durationMs).toBe(0);
});

it.each([
  [840, '0.8 s'],
  [59_990, '60.0 s'],
  [187_000, '3 min 07 s'],
  [119_700, '2 min 00 s'],
])('a duration of %o ms is shown as %o', (milliseconds, text) => {
  expect(formatDuration(milliseconds)).toBe(text);
});
