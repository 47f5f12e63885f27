import { expect, it } from 'vitest';
import type { FileResult, RunResults } from '../test_runner/run_results.ts';
import { flakyTestsOf } from './flaky_tests.ts';

const aRun = (
  state: 'passed' | 'failed',
  { errors = [], unhandled = [] }: { errors?: FileResult['errors']; unhandled?: string[] } = {},
): RunResults => ({
  durationMs: 1,
  files: [
    {
      path: '/a.test.ts',
      durationMs: 1,
      tests: [
        { title: 'steady', state: 'passed', message: '' },
        { title: 'shaky', state, message: `it ${state}` },
      ],
      errors,
    },
  ],
  errors: unhandled,
});

it('the list of flaky tests contains a test that failed in one of many runs, with its first message', () => {
  const runs = [aRun('passed'), aRun('failed'), aRun('passed')];
  expect(flakyTestsOf(runs)).toEqual([
    { file: '/a.test.ts', test: 'shaky', failures: 1, runs: 3, firstMessage: 'it failed' },
  ]);
});

it('the list of flaky tests contains a file that could not be loaded in one of two runs', () => {
  const broken = aRun('passed', { errors: [{ message: 'no module' }] });
  expect(flakyTestsOf([aRun('passed'), broken])).toEqual([
    { file: '/a.test.ts', test: undefined, failures: 1, runs: 2, firstMessage: 'no module' },
  ]);
});

it('the list of flaky tests contains a group of which functions before and after the tests failed, once for each run', () => {
  const errors = ['before', 'after'].map((message) => ({ title: 'on SQLite', message }));
  expect(flakyTestsOf([aRun('passed', { errors }), aRun('passed', { errors })])).toEqual([
    { file: '/a.test.ts', test: 'on SQLite', failures: 2, runs: 2, firstMessage: 'before' },
  ]);
});

it('the list of flaky tests contains an error that belongs to no file', () => {
  expect(flakyTestsOf([aRun('passed', { unhandled: ['rejected'] })])).toEqual([
    { file: undefined, test: undefined, failures: 1, runs: 1, firstMessage: 'rejected' },
  ]);
});

it('the list of flaky tests is empty when everything passed in every run', () => {
  expect(flakyTestsOf([aRun('passed'), aRun('passed')])).toEqual([]);
});
