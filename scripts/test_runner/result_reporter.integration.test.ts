import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from '../command.ts';
import { type RunResults, readRunResults } from './run_results.ts';
import { resultOptions } from './test_command.ts';

/** Tests that fail in every place in which tests can fail. */
const TESTS = `
describe('before', () => {
  beforeAll(() => { throw new Error('the server does not start'); });
  it('skipped', () => undefined);
});
describe('after', () => {
  afterAll(() => { throw new Error('the server does not stop'); });
  it('passes', () => undefined);
  it('fails', () => { throw new Error('the page is empty'); });
  it.skip('is not run', () => undefined);
});
it('does not wait', () => void Promise.reject(new Error('the response is refused')));
`;

/** Runs test files with Vitest in a folder of their own. */
async function resultsOf(files: Readonly<Record<string, string>>): Promise<RunResults> {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-results-'));
  try {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    const vitest = join(ROOT, 'node_modules', 'vitest', 'vitest.mjs');
    const file = join(folder, 'results.json');
    const options = ['run', '--globals', '--pool=forks', `--root=${folder}`];
    // Vitest exits with 1 when a test fails.
    await promisify(execFile)(process.execPath, [vitest, ...options, ...resultOptions(file)], {
      cwd: ROOT,
    }).catch(() => undefined);
    return readRunResults(file);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe('the results of a run of Vitest', () => {
  let results: RunResults;
  beforeAll(async () => {
    results = await resultsOf({ 'a.test.js': TESTS, 'b.test.js': "import './missing.js';" });
  });

  const fileNamed = (name: string) => results.files.find(({ path }) => path.endsWith(name));

  it('contain passed and failed tests with their titles and errors, and no skipped ones', () => {
    const tests = fileNamed('a.test.js')?.tests;
    expect(tests?.map(({ title, state }) => [title, state])).toEqual([
      ['after > passes', 'passed'],
      ['after > fails', 'failed'],
      ['does not wait', 'passed'],
    ]);
    expect(tests?.[1]?.message).toMatch(/^Error: the page is empty\n +at /);
  });

  it('contain errors that were thrown before or after the tests of a group, with its title', () => {
    expect(fileNamed('a.test.js')?.errors).toEqual([
      { title: 'before', message: expect.stringContaining('the server does not start\n') },
      { title: 'after', message: expect.stringContaining('the server does not stop\n') },
    ]);
  });

  it('contain the error of a file that cannot be loaded, without a title', () => {
    expect(fileNamed('b.test.js')).toMatchObject({
      tests: [],
      errors: [{ message: expect.stringContaining('missing.js') }],
    });
  });

  it('contain an unhandled rejection', () => {
    expect(results.errors).toEqual([expect.stringContaining('the response is refused\n')]);
  });
  it('contain an error when the process that runs a file is killed', async () => {
    const { files, errors } = await resultsOf({
      'a.test.js': "it('dies', () => process.kill(process.pid, 'SIGKILL'));",
    });
    expect(files.flatMap(({ tests }) => tests)).toEqual([]);
    expect(errors).toEqual([expect.stringContaining('Worker')]);
  });
});
