import { mkdirSync } from 'node:fs';
import { dirname, relative, sep } from 'node:path';
import { ROOT } from './command.ts';
import { resultFile } from './test_results.ts';
import { projectOptions, resultOptions, runTests, TEST_KINDS } from './test_runner/test_command.ts';

// Implements the npm scripts `unit`, `integration` and `e2e` of the workspaces, which Nx runs as
// well: node scripts/workspace_tests.ts KIND [OPTION OF VITEST ...]
const [name, ...options] = process.argv.slice(2);
const kind = TEST_KINDS.find((known) => known === name);
if (kind === undefined) throw new TypeError(`There are no tests of kind [${name}]`);

const folder = process.cwd();
const file = resultFile(folder, kind);
mkdirSync(dirname(file), { recursive: true });
process.exitCode = await runTests(
  [
    ...projectOptions(kind, relative(ROOT, folder).split(sep).join('/')),
    ...resultOptions(file),
    ...options,
  ],
  { cwd: folder },
);
