import { ensureChromium } from './browser/index.ts';
import { formatDuration, NX_ENVIRONMENT, run } from './command.ts';
import { readResults, removeResults, type WorkspaceResult } from './test_results.ts';
import { TEST_KINDS } from './test_runner/test_command.ts';

const SLOW_FILES_SHOWN = 10;
const FAILURES_SHOWN = 20;
const isCi = process.env['CI'] === 'true';
const start = performance.now();

removeResults();
// Without Chromium, the tests that need it fail, but all others run.
const missingBrowser = ensureChromium();
if (missingBrowser !== undefined) console.warn(missingBrowser);
const checks = await run(process.execPath, ['scripts/check.ts']);
// Nx runs targets with `parallelism: false` (package.json of the workspace) one at a time: on a
// small machine, tests with several servers or a cluster would time out beside other tests.
const tests = await run(
  'nx',
  [
    ...['run-many', '--outputStyle', 'static', '-t', ...TEST_KINDS],
    ...(isCi ? ['--skipNxCache'] : []),
  ],
  { env: NX_ENVIRONMENT },
);

const results = readResults();
showDurations(results);
showFailures(results);
const passed = results.reduce((sum, result) => sum + result.passed, checks === 0 ? 1 : 0);
const failedTests = results.reduce((sum, result) => sum + result.failed, checks === 0 ? 0 : 1);
// Vitest can fail without a failed test, for example when it cannot start.
const failed = tests !== 0 && failedTests === 0 ? 1 : failedTests;
console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

/** Prints durations. Results from the cache of Nx have the duration of the original run. */
function showDurations(all: readonly WorkspaceResult[]): void {
  console.log('\nTests by workspace:');
  for (const { name, durationMs } of all) showDuration(durationMs, name);
  console.log('\nSlowest files:');
  const files = all.flatMap((result) => result.files).sort((a, b) => b.durationMs - a.durationMs);
  for (const { path, durationMs } of files.slice(0, SLOW_FILES_SHOWN))
    showDuration(durationMs, path);
  console.log(`\nTotal: ${formatDuration(performance.now() - start)}.`);
}

/**
 * Prints failed tests and errors outside tests at the end: continuous integration may keep only the
 * last lines.
 */
function showFailures(all: readonly WorkspaceResult[]): void {
  const failures = all.flatMap((result) => result.failures);
  for (const { path, title, message } of failures.slice(0, FAILURES_SHOWN)) {
    const place = [path ?? 'a file that is not known', title].filter((part) => part !== undefined);
    console.log(`\nFailed: ${place.join(': ')}`);
    console.log(message.replaceAll(/^/gmu, '  '));
  }
  const notShown = failures.length - FAILURES_SHOWN;
  if (notShown > 0) console.log(`\n${notShown} more failures are in the output above.`);
}

function showDuration(durationMs: number, name: string): void {
  console.log(`  ${formatDuration(durationMs).padStart(11)}  ${name}`);
}
