import { join } from 'node:path';
import { expect, it } from 'vitest';
import { formatDuration, ROOT } from './command.ts';
import { resultFile, toResult } from './test_results.ts';
import type { FileResult, RunResults } from './test_runner/run_results.ts';

const FILE = resultFile(join(ROOT, 'plugins', 'actions'), 'integration');
const aFile = (name: string, over: Partial<FileResult> = {}): FileResult => ({
  path: join(ROOT, 'plugins', name),
  durationMs: 0,
  tests: [{ title: 'a page opens', state: 'passed', message: '' }],
  errors: [],
  ...over,
});
const aRun = (files: readonly FileResult[], errors: readonly string[] = []): RunResults => ({
  durationMs: 8_000,
  files: [...files],
  errors: [...errors],
});

it('the test results count failed tests, and errors outside tests', () => {
  const failed = { title: 'a page closes', state: 'failed', message: 'open' } as const;
  const run = aRun(
    [
      aFile('a.test.ts', { tests: [], errors: [{ message: 'no module' }] }),
      aFile('b.test.ts', { errors: [{ title: 'on SQLite', message: 'no server' }] }),
      aFile('c.test.ts', { tests: [failed] }),
    ],
    ['rejected'],
  );
  expect(toResult(FILE, run)).toMatchObject({ passed: 1, failed: 4 });
});

it('a failed test is listed with its title, and the first lines of its message and of its stack', () => {
  const message = `Error: open\n${'<p>\n'.repeat(40)}${'    at open (a.ts:1:1)\n'.repeat(40)}`;
  const tests = [
    { title: 'a page opens', state: 'passed', message: '' } as const,
    { title: 'a page closes', state: 'failed', message } as const,
  ];
  expect(toResult(FILE, aRun([aFile('a.test.ts', { tests })])).failures).toEqual([
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

it('a function that failed before the tests of a group is listed with the title of the group and its error', () => {
  const errors = [{ title: 'on SQLite', message: 'no server' }];
  const file = aFile('a.test.ts', { tests: [], errors });
  expect(toResult(FILE, aRun([file])).failures).toEqual([
    { path: 'plugins/a.test.ts', title: 'on SQLite', message: 'no server' },
  ]);
});

it('a file that could not be loaded is listed with its error and without a title', () => {
  const file = aFile('a.test.ts', { tests: [], errors: [{ message: 'no module' }] });
  expect(toResult(FILE, aRun([file])).failures).toEqual([
    { path: 'plugins/a.test.ts', message: 'no module' },
  ]);
});

it('an error that belongs to no file is listed without a path', () => {
  expect(toResult(FILE, aRun([], ['rejected'])).failures).toEqual([{ message: 'rejected' }]);
});

it('the results name workspace, kind and files relative to the root', () => {
  const file = aFile('b.test.ts', { durationMs: 6_000 });
  expect(toResult(FILE, aRun([file]))).toMatchObject({
    name: 'plugins/actions integration',
    durationMs: 8_000,
    files: [{ path: 'plugins/b.test.ts', durationMs: 6_000 }],
  });
});

it.each([
  [840, '0.8 s'],
  [59_990, '60.0 s'],
  [187_000, '3 min 07 s'],
  [119_700, '2 min 00 s'],
])('a duration of %o ms is shown as %o', (milliseconds, text) => {
  expect(formatDuration(milliseconds)).toBe(text);
});
