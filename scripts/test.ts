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

const RESULTS = '{packages/*,plugins/*,scripts,e2e,chaos}/.test-results.json';
const isCi = process.env['CI'] === 'true';

for (const file of resultFiles()) rmSync(join(ROOT, file));
const checks = await run(process.execPath, ['scripts/check.ts']);
const units = await run(
  'nx',
  ['run-many', '-t', 'unit', '--outputStyle', 'static', ...(isCi ? ['--skipNxCache'] : [])],
  {
    ...NX_ENVIRONMENT,
    NODE_OPTIONS: '--experimental-vm-modules --disable-warning=ExperimentalWarning',
  },
);

let passed = checks === 0 ? 1 : 0;
let failed = checks === 0 ? 0 : 1;
for (const file of resultFiles()) {
  const result = JSON.parse(readFileSync(join(ROOT, file), 'utf8')) as ProjectResult;
  passed += result.numPassedTests;
  failed += result.numFailedTests + result.numRuntimeErrorTestSuites;
}
if (units !== 0 && failed === 0) failed = 1;
console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

function resultFiles(): string[] {
  return globSync(RESULTS, { cwd: ROOT });
}
