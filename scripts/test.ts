import { globSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { NX_ENVIRONMENT, ROOT, run } from './command.ts';

/** What Jest writes of one project. */
interface ProjectResult {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  /** Files that could not even be loaded. */
  readonly numRuntimeErrorTestSuites: number;
}

const RESULTS = '{packages/*,plugins/*,examples/*,scripts,e2e,chaos}/.test-results.json';
const ALONE = [
  '@latchkey/encrypted-saved-objects-plugin',
  '@latchkey/scripts',
  '@latchkey/saved-objects',
  '@latchkey/e2e',
  '@latchkey/chaos',
];
const isCi = process.env['CI'] === 'true';

for (const file of resultFiles()) rmSync(join(ROOT, file));
const checks = await run(process.execPath, ['scripts/check.ts']);
// Projects that start servers, clusters and storms of processes have the machine to themselves: two of them at once on a small
// machine would measure each other.
const light = await runUnits(['--exclude', ALONE.join(',')]);
const heavy = await runUnits(['--projects', ALONE.join(','), '--parallel', '1']);

let passed = checks === 0 ? 1 : 0;
let failed = checks === 0 ? 0 : 1;
for (const file of resultFiles()) {
  const result = JSON.parse(readFileSync(join(ROOT, file), 'utf8')) as ProjectResult;
  passed += result.numPassedTests;
  failed += result.numFailedTests + result.numRuntimeErrorTestSuites;
}
if (light + heavy !== 0 && failed === 0) failed = 1;
console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

function runUnits(selection: readonly string[]): Promise<number> {
  const fresh = isCi ? ['--skipNxCache'] : [];
  return run('nx', ['run-many', '-t', 'unit', ...selection, '--outputStyle', 'static', ...fresh], {
    ...NX_ENVIRONMENT,
    NODE_OPTIONS: '--experimental-vm-modules --disable-warning=ExperimentalWarning',
  });
}

function resultFiles(): string[] {
  return globSync(RESULTS, { cwd: ROOT });
}
