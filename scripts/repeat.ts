import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { readArguments, refuse } from './arguments.ts';
import { ROOT } from './command.ts';
import { flakyTestsOf } from './repeat/flaky_tests.ts';
import { type RunResults, readRunResults } from './test_runner/run_results.ts';
import { resultOptions, runTests } from './test_runner/test_command.ts';

const USAGE = `Runs tests many times on a busy machine and lists those that failed at least once.

  npm run repeat -- [options] [part of a path ...]

  --times N     runs of every test file (default 20)
  --busy N      processes that keep a core busy meanwhile (default 2)
  --project P   for example 'plugins/actions unit' or '*integration'; may be repeated (default: all
                but interop)
  --workers N   test files at a time (default 1)
`;

const { values, positionals } = readArguments(USAGE, {
  allowPositionals: true,
  options: {
    times: { type: 'string', default: '20' },
    busy: { type: 'string', default: '2' },
    project: { type: 'string', multiple: true, default: [] },
    workers: { type: 'string', default: '1' },
    help: { type: 'boolean', default: false },
  },
});

const MAX_LINES = 12;
const INTERRUPTED = 130;
const times = whole('times', 1);
const workers = whole('workers', 1);
const load = startLoad(whole('busy', 0));
const folder = mkdtempSync(join(tmpdir(), 'latchkey-repeat-'));
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => process.exit(INTERRUPTED));
process.once('exit', () => {
  for (const busy of load) busy.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});
process.exitCode = await main();
for (const busy of load) busy.kill('SIGKILL');

async function main(): Promise<number> {
  const runs: RunResults[] = [];
  for (let time = 1; time <= times; time += 1) {
    const result = await runOnce(join(folder, `${time}.json`));
    if (result === undefined) {
      process.stderr.write('Vitest ended without results; see its output.\n');
      return 1;
    }
    runs.push(result);
    const failed = flakyTestsOf([result]).length;
    process.stdout.write(`run ${time} of ${times}: ${failed} failed\n`);
  }
  const flaky = flakyTestsOf(runs);
  for (const { file, test = 'outside its tests', failures, runs: of, firstMessage } of flaky) {
    const lines = firstMessage.split('\n').slice(0, MAX_LINES);
    const path = file === undefined ? 'a file that is not known' : relative(ROOT, file);
    process.stdout.write(`\n${failures} of ${of}: ${path} › ${test}\n`);
    process.stdout.write(`${lines.map((line) => `    ${line}`).join('\n')}\n`);
  }
  process.stdout.write(`\n${flaky.length} tests failed at least once in ${times} runs\n`);
  return flaky.length === 0 ? 0 : 1;
}

/**
 * Runs the tests once. `undefined`: Vitest could not start. Failed tests are a normal result here.
 */
async function runOnce(file: string): Promise<RunResults | undefined> {
  const projects = values.project.length === 0 ? ['!*interop'] : values.project;
  await runTests([
    ...positionals,
    ...projects.map((project) => `--project=${project}`),
    ...resultOptions(file),
    '--silent',
    `--maxWorkers=${workers}`,
  ]);
  try {
    return readRunResults(file);
  } catch {
    return undefined;
  }
}

function startLoad(count: number): readonly ChildProcess[] {
  return Array.from({ length: count }, () =>
    spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' }),
  );
}

function whole(name: 'times' | 'busy' | 'workers', least: number): number {
  const value = Number(values[name]);
  return Number.isSafeInteger(value) && value >= least
    ? value
    : refuse(`--${name} must be a whole number from ${least}`, USAGE);
}
