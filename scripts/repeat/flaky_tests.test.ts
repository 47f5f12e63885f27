import { expect, it } from 'vitest';
import { flakyTestsOf, parseRun } from './flaky_tests.ts';

const aRun = (status: string) =>
  parseRun(
    JSON.stringify({
      testResults: [
        {
          name: '/a.test.ts',
          status: 'passed',
          message: '',
          assertionResults: [
            { fullName: 'steady', status: 'passed' },
            { fullName: 'skipped', status: 'pending' },
            { fullName: 'shaky', status, failureMessages: [`it ${status}`] },
          ],
        },
      ],
    }),
  );

it('the list of flaky tests contains a test that failed in one of many runs, with its first message', () => {
  const runs = [aRun('passed'), aRun('failed'), aRun('passed')];
  expect(flakyTestsOf(runs)).toEqual([
    { file: '/a.test.ts', test: 'shaky', failures: 1, runs: 3, firstMessage: 'it failed' },
  ]);
});

it('the list of flaky tests contains a file that failed to load in one of two runs', () => {
  const broken = parseRun(
    JSON.stringify({
      testResults: [
        { name: '/a.test.ts', status: 'failed', message: 'no module', assertionResults: [] },
      ],
    }),
  );
  expect(flakyTestsOf([aRun('passed'), broken])).toMatchObject([
    { test: undefined, failures: 1, runs: 2, firstMessage: 'no module' },
  ]);
});

it('the list of flaky tests is empty when everything passed in every run', () => {
  expect(flakyTestsOf([aRun('passed'), aRun('passed')])).toEqual([]);
});
