import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { formatDuration, ROOT } from './command.ts';
import { resultFile, toResult } from './test_results.ts';

const FILE = resultFile(join(ROOT, 'plugins', 'actions'), 'integration');
const anOutput = (over: object = {}) =>
  JSON.stringify({
    startTime: 1_000,
    numPassedTests: 5,
    numFailedTests: 1,
    numRuntimeErrorTestSuites: 2,
    testResults: [
      { name: join(ROOT, 'plugins', 'a.test.ts'), startTime: 1_500, endTime: 3_000 },
      { name: join(ROOT, 'plugins', 'b.test.ts'), startTime: 3_000, endTime: 9_000 },
    ],
    ...over,
  });

it('the test results count a file that could not be loaded as failed', () => {
  expect(toResult(FILE, anOutput())).toMatchObject({ passed: 5, failed: 3 });
});

it('the duration is measured from the start of Jest to the end of the last file', () => {
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
])('a duration of %p ms is shown as %p', (milliseconds, text) => {
  expect(formatDuration(milliseconds)).toBe(text);
});
