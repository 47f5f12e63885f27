import { describe, expect, it } from '@jest/globals';
import { jestArguments, pathPatterns, type TestKind } from './jest_command.ts';

const FOLDER = '/checkout/plugins/actions/server/execution';
const UNIT = `${FOLDER}/retry_time.test.ts`;
const INTEGRATION = `${FOLDER}/retry_time.integration.test.ts`;

const isRun = (kind: TestKind, paths: readonly string[], file: string) =>
  pathPatterns(kind, paths).some((pattern) => new RegExp(pattern).test(file));

describe('selected test files', () => {
  it.each([
    ['unit', UNIT, true],
    ['unit', INTEGRATION, false],
    ['integration', UNIT, false],
    ['integration', INTEGRATION, true],
    ['e2e', '/checkout/testing/e2e/server/crash.test.ts', true],
    ['unit', `${FOLDER}/retry_time.ts`, false],
  ] as const)('of the kind %s include the file %s: %p', (kind, file, expected) => {
    expect(isRun(kind, [], file)).toBe(expected);
    expect(isRun(kind, ['./plugins/actions/server/execution'], file)).toBe(
      expected && file.startsWith(FOLDER),
    );
  });

  it.each([
    'plugins/actions/server/execution/retry_time.ts',
    'plugins/actions/server/execution/retry_time.test.ts',
    './plugins/actions/server/execution/retry_time.integration.test.ts',
  ])('of one given file are only the tests of this file: %s', (path) => {
    expect(isRun('unit', [path], UNIT)).toBe(true);
    expect(isRun('unit', [path], `${FOLDER}/connector_validation_cache.test.ts`)).toBe(false);
    expect(isRun('integration', [path], INTEGRATION)).toBe(true);
    expect(isRun('integration', [path], UNIT)).toBe(false);
  });
});

it('the test command reads paths up to the first option, and passes the options to Jest', () => {
  const args = jestArguments('e2e', ['crash', '-t', 'a title']);
  expect(args).toEqual([
    ...['--projects', 'testing/e2e'],
    ...['--testPathPatterns', expect.stringContaining('crash'), '-t', 'a title'],
  ]);
});
