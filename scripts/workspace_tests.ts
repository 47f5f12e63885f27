import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { pathPatterns, runJest, TEST_KINDS } from './jest_command.ts';
import { resultFile } from './test_results.ts';

// Implements the npm scripts `unit`, `integration` and `e2e` of the workspaces, which Nx runs as
// well: node scripts/workspace_tests.ts KIND [OPTION OF JEST ...]
const [name, ...options] = process.argv.slice(2);
const kind = TEST_KINDS.find((known) => known === name);
if (kind === undefined) throw new TypeError(`There are no tests of kind [${name}]`);

const cwd = process.cwd();
const file = resultFile(cwd, kind);
mkdirSync(dirname(file), { recursive: true });
process.exitCode = await runJest(
  [
    ...['--json', '--outputFile', file],
    ...['--testPathPatterns', ...pathPatterns(kind, [])],
    ...options,
  ],
  { cwd },
);
