import { describe, expect, it } from 'vitest';
import { projectOptions, testArguments } from './test_command.ts';

describe('the arguments of the test command', () => {
  it.each([
    ['plugins/actions/server/execution', 'plugins/actions/server/execution'],
    ['./plugins/actions/server/retry_time.ts', 'plugins/actions/server/retry_time.'],
    ['plugins/actions/server/retry_time.test.ts', 'plugins/actions/server/retry_time.'],
    ['retry_time.integration.test.ts', 'retry_time.'],
    ['plugins/spaces/public/space_avatar.tsx', 'plugins/spaces/public/space_avatar.'],
  ])('select the tests of one kind at or beside the path %s', (path, part) => {
    expect(testArguments('integration', [path])).toEqual([part, '--project=* integration']);
  });

  it('name paths up to the first option, and pass the options to Vitest', () => {
    expect(testArguments('e2e', ['crash', '-t', 'a title'])).toEqual([
      ...['crash', '--project=* e2e', '-t', 'a title'],
    ]);
  });

  it('select the tests of components together with the other unit tests', () => {
    expect(projectOptions('unit', 'plugins/spaces')).toEqual([
      ...['--project=plugins/spaces unit', '--project=plugins/spaces components'],
    ]);
  });
});
