import { join } from 'node:path';
import { ROOT, type RunOptions, run } from '../command.ts';

/**
 * Kinds of tests. The workspaces that have tests of a kind have an npm script of that name.
 * - `unit`: `*.test.ts` and `*.test.tsx`; in memory, no socket, no file store, no child process.
 * - `integration`: `*.integration.test.ts`.
 * - `e2e`: whole servers; every file of its workspace.
 */
export const TEST_KINDS = ['unit', 'integration', 'e2e'] as const;
export type TestKind = (typeof TEST_KINDS)[number];

/** Kinds of projects of Vitest that have the tests of a kind. */
const PROJECT_KINDS: Readonly<Record<TestKind, readonly string[]>> = {
  unit: ['unit', 'components'],
  integration: ['integration'],
  e2e: ['e2e'],
};

/**
 * Runs tests once and shows their results.
 * @param args options of Vitest
 * @returns its exit code
 */
export function runTests(args: readonly string[], options: RunOptions = {}): Promise<number> {
  return runVitest(['run', ...args], options);
}

/**
 * Returns options of Vitest that show the results and also store them in a file, from which
 * `readRunResults` reads them.
 */
export function resultOptions(file: string): readonly string[] {
  const reporter = join(ROOT, 'scripts', 'test_runner', 'result_reporter.ts');
  return ['--reporter=default', `--reporter=${reporter}`, `--outputFile=${file}`];
}

/** Runs tests again at every change, until the developer ends it. */
export function watchTests(args: readonly string[]): Promise<number> {
  return runVitest(['watch', ...args]);
}

/**
 * Returns options of Vitest for the tests of one kind.
 * @param args folders, files or parts of paths, relative to the root, then options of Vitest;
 * without paths all tests of the kind
 */
export function testArguments(kind: TestKind, args: readonly string[]): readonly string[] {
  const end = args.findIndex((arg) => arg.startsWith('-'));
  const paths = end < 0 ? args : args.slice(0, end);
  const options = end < 0 ? [] : args.slice(end);
  return [...paths.map(partOfTestFile), ...projectOptions(kind, '*'), ...options];
}

/**
 * Returns options of Vitest that select the tests of one kind.
 * @param workspace folder relative to the root, or a pattern with `*`
 */
export function projectOptions(kind: TestKind, workspace: string): readonly string[] {
  return PROJECT_KINDS[kind].map((projectKind) => `--project=${workspace} ${projectKind}`);
}

/** Returns the part of a path that a source file has in common with its tests, to select them. */
function partOfTestFile(path: string): string {
  return path.replace(/^\.\//, '').replace(/(\.integration)?(\.test)?\.tsx?$/, '.');
}

function runVitest(args: readonly string[], options: RunOptions = {}): Promise<number> {
  const program = join(ROOT, 'node_modules', 'vitest', 'vitest.mjs');
  const config = join(ROOT, 'vitest.config.ts');
  return run(process.execPath, [program, ...args, `--config=${config}`], options);
}
