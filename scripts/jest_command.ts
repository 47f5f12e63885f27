import { join } from 'node:path';
import { ROOT, run } from './command.ts';
import { workspacesWith } from './workspaces.ts';

/**
 * Kinds of tests. The workspaces that have tests of a kind have an npm script of that name.
 * - `unit`: `*.test.ts`; in memory, no socket, no file store, no child process.
 * - `integration`: `*.integration.test.ts`.
 * - `e2e`: whole servers; every file of its workspace.
 */
export const TEST_KINDS = ['unit', 'integration', 'e2e'] as const;
export type TestKind = (typeof TEST_KINDS)[number];

const FILE_ENDINGS: Readonly<Record<TestKind, string>> = {
  unit: String.raw`(?<!\.integration)\.test\.tsx?$`,
  integration: String.raw`\.integration\.test\.ts$`,
  e2e: String.raw`\.test\.ts$`,
};

/**
 * Runs Jest and shows its output.
 * @returns its exit code
 */
export function runJest(
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv } = {},
): Promise<number> {
  const node = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];
  const program = join(ROOT, 'node_modules', 'jest', 'bin', 'jest.js');
  return run(process.execPath, [...node, program, ...args], options);
}

/**
 * Returns the arguments of Jest for the tests of one kind in all workspaces.
 * @param args folders, files or parts of paths, relative to the root, then options of Jest; without
 * paths all tests of the kind
 */
export function jestArguments(kind: TestKind, args: readonly string[]): readonly string[] {
  const end = args.findIndex((arg) => arg.startsWith('-'));
  const paths = end < 0 ? args : args.slice(0, end);
  const options = end < 0 ? [] : args.slice(end);
  return [
    ...['--projects', ...workspacesWith(kind)],
    ...['--testPathPatterns', ...pathPatterns(kind, paths)],
    ...options,
  ];
}

/**
 * Returns regular expressions for the test files of one kind at or below the paths. A source file
 * selects the tests beside it.
 */
export function pathPatterns(kind: TestKind, paths: readonly string[]): readonly string[] {
  const ending = FILE_ENDINGS[kind];
  if (paths.length === 0) return [ending];
  return paths.map((path) => {
    const part = path.replace(/^\.\//, '').replace(/(\.integration)?(\.test)?\.tsx?$/, '');
    const isFile = part.length < path.replace(/^\.\//, '').length;
    return isFile ? `${part}${ending}` : `${part}.*${ending}`;
  });
}
