import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { readArguments, refuse } from './arguments.ts';
import { FixtureError, readFixture } from './workflow_tests/read_fixture.ts';
import { testFixture } from './workflow_tests/test_fixture.ts';

const USAGE = `Tests workflows without a server: replays recorded executions and compares them. See docs/workflow-tests.md.

  npx latchkey test FILE... [--workflow FILE]

  FILE             a fixture: GET /api/workflows/executions/{id}/fixture?format=yaml
  --workflow FILE  YAML of a workflow that is tested instead of the one in the fixtures

Exit code: 0 all passed, 1 some failed, 2 wrong arguments or an unreadable file.
`;

/** Exit code for a command line or a file that cannot be read. */
const EXIT_USAGE = 2;

const { values, positionals } = readArguments(USAGE, {
  allowPositionals: true,
  options: {
    workflow: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});
const [command, ...files] = positionals;
if (command !== 'test') refuse(`There is no command [${command ?? ''}]`, USAGE);
if (files.length === 0) refuse('No FILE is given', USAGE);
process.exitCode = await main(files, values.workflow);

async function main(paths: readonly string[], workflowPath: string | undefined): Promise<number> {
  try {
    const workflow = workflowPath === undefined ? undefined : textOf(workflowPath);
    const fixtures = paths.map((path) => ({ path, fixture: readNamed(path) }));
    let failed = 0;
    for (const { path, fixture } of fixtures) {
      const problems = await testFixture(fixture, workflow);
      console.log(`${problems.length === 0 ? 'passed' : 'failed'}  ${path}`);
      for (const line of problems) console.log(`  ${line}`);
      if (problems.length > 0) failed += 1;
    }
    console.log(`${fixtures.length - failed} passed, ${failed} failed`);
    return failed === 0 ? 0 : 1;
  } catch (error) {
    if (!(error instanceof FixtureError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return EXIT_USAGE;
  }
}

/**
 * Reads the fixture in a file.
 * @throws FixtureError that names the file
 */
function readNamed(path: string) {
  const text = textOf(path);
  try {
    return readFixture(text);
  } catch (error) {
    if (!(error instanceof FixtureError)) throw error;
    throw new FixtureError(`${path}: ${error.message}`);
  }
}

/**
 * Reads the text of a file.
 * @param path relative to the folder in which the command was entered
 * @throws FixtureError that names the file
 */
function textOf(path: string): string {
  try {
    return readFileSync(resolve(process.env['INIT_CWD'] ?? process.cwd(), path), 'utf8');
  } catch {
    throw new FixtureError(`${path}: The file cannot be read.`);
  }
}
