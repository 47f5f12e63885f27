import { availableParallelism } from 'node:os';
import { readArguments } from './arguments.ts';
import { formatDuration, runCaptured } from './command.ts';
import { WORKSPACE_PATTERNS } from './workspaces.ts';

/** One check: its name and its tool. */
interface Check {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
}

const SOURCE_FOLDERS = [
  ...new Set(WORKSPACE_PATTERNS.map((pattern) => pattern.split('/')[0] ?? '')),
];

/** The slowest checks start first, so that no core is idle at the end. */
const CHECKS: readonly Check[] = [
  { name: 'types', command: ['tsc', '-p', 'tsconfig.json'] },
  {
    name: 'boundaries',
    command: ['depcruise', '--config', '.dependency-cruiser.cjs', ...SOURCE_FOLDERS],
  },
  { name: 'folder cycles', command: ['node', 'scripts/folder_cycles.ts'] },
  { name: 'format and lint', command: ['biome', 'check', '--diagnostic-level=error', '.'] },
  { name: 'dead code', command: ['knip', '--no-progress'] },
  { name: 'API reports', command: ['node', 'scripts/api_reports.ts', '--check'] },
  { name: 'generated files', command: ['node', 'scripts/openapi.ts', '--check'] },
  { name: 'plain words', command: ['node', 'scripts/plain_words.ts'] },
  { name: 'types of browser code', command: ['tsc', '-p', 'tsconfig.browser.json'] },
  { name: 'size of the web app', command: ['node', 'scripts/build_app.ts', '--check'] },
  { name: 'messages', command: ['node', 'scripts/messages.ts'] },
  { name: 'threat list', command: ['node', 'scripts/threat_list.ts', '--check'] },
  { name: 'lint warnings', command: ['node', 'scripts/lint_warnings.ts', '--check'] },
  { name: 'pinned packages', command: ['node', 'scripts/lock_file.ts'] },
];

// Other arguments are refused: all checks take minutes.
readArguments(
  `Runs all checks that need no running server: npm run check\n\n${CHECKS.map(
    ({ name, command }) => `  ${name}: ${command.join(' ')}\n`,
  ).join('')}`,
  { options: { help: { type: 'boolean', default: false } } },
);

const start = performance.now();
const failures: { readonly name: string; readonly output: string }[] = [];
const waiting = [...CHECKS];
const widest = Math.max(...CHECKS.map(({ name }) => name.length));

await Promise.all(Array.from({ length: availableParallelism() }, runWaiting));

for (const { name, output } of failures) console.log(`\n— ${name}\n${output.trim()}`);
const names = failures.map(({ name }) => name).join(', ');
console.log(
  `\n${failures.length === 0 ? 'All checks passed' : `Failed: ${names}`} in ${formatDuration(performance.now() - start)}.`,
);
process.exitCode = failures.length === 0 ? 0 : 1;

async function runWaiting(): Promise<void> {
  for (let check = waiting.shift(); check !== undefined; check = waiting.shift()) {
    const { name, command } = check;
    const [tool, ...args] = command;
    const from = performance.now();
    const { code, output } = await runCaptured(tool, args);
    if (code !== 0) failures.push({ name, output });
    const duration = formatDuration(performance.now() - from);
    console.log(`${code === 0 ? 'passed' : 'FAILED'}  ${name.padEnd(widest)}  ${duration}`);
  }
}
