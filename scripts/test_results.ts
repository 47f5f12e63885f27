import { globSync, rmSync } from 'node:fs';
import { basename, dirname, join, relative, sep } from 'node:path';
import { ROOT } from './command.ts';
import { type FileResult, type RunResults, readRunResults } from './test_runner/run_results.ts';
import type { TestKind } from './test_runner/test_command.ts';
import { WORKSPACE_PATTERNS } from './workspaces.ts';

const FOLDER = '.test-results';
/** Maximum lines of a message, and of a stack, that are kept. */
const MAX_LINES = 12;

/** Tests of one kind in one workspace. Durations are in milliseconds of wall time. */
export interface WorkspaceResult {
  /** Workspace and kind, for example `plugins/actions integration`. */
  readonly name: string;
  readonly passed: number;
  /**
   * Number of failed tests and of errors outside tests, for example in a file that cannot be loaded
   * or in a function that runs before the tests of a group.
   */
  readonly failed: number;
  readonly durationMs: number;
  readonly files: readonly { readonly path: string; readonly durationMs: number }[];
  readonly failures: readonly TestFailure[];
}

/** A failed test, or an error outside tests. */
export interface TestFailure {
  /** Path of the file; absent when Vitest cannot tell in which file the error was thrown. */
  readonly path?: string;
  /**
   * Title of the test with those of its groups, or only those of the groups when the error was
   * thrown before or after their tests; absent when it concerns the whole file.
   */
  readonly title?: string;
  /**
   * The error that was thrown, without terminal colors: the first lines of its message and of its
   * stack. A message can contain a whole document.
   */
  readonly message: string;
}

/** Returns the file in which Vitest stores the results of one kind of tests of a workspace. */
export function resultFile(workspace: string, kind: TestKind): string {
  return join(workspace, FOLDER, `${kind}.json`);
}

/** Deletes the results of earlier runs. */
export function removeResults(): void {
  for (const file of resultFiles()) rmSync(file);
}

/**
 * Reads the results of all workspaces, the slowest first.
 * @throws ZodError when a file contains something else
 */
export function readResults(): readonly WorkspaceResult[] {
  return resultFiles()
    .map((file) => toResult(file, readRunResults(file)))
    .sort((a, b) => b.durationMs - a.durationMs);
}

/**
 * Summarizes the results of one kind of tests of a workspace.
 * @param file in which they are stored; its path names workspace and kind
 */
export function toResult(file: string, { durationMs, files, errors }: RunResults): WorkspaceResult {
  const failures = [
    ...files.flatMap(toFailures),
    ...errors.map((message) => ({ message: shortened(message) })),
  ];
  return {
    name: `${pathFromRoot(dirname(dirname(file)))} ${basename(file, '.json')}`,
    passed: files.flatMap(({ tests }) => tests).filter(({ state }) => state === 'passed').length,
    failed: failures.length,
    durationMs,
    files: files.map((each) => ({ path: pathFromRoot(each.path), durationMs: each.durationMs })),
    failures,
  };
}

function toFailures({ path, tests, errors }: FileResult): readonly TestFailure[] {
  const failedTests = tests.filter(({ state }) => state === 'failed');
  return [...errors, ...failedTests].map(({ title, message }) => ({
    path: pathFromRoot(path),
    ...(title === undefined ? {} : { title }),
    message: shortened(message),
  }));
}

function shortened(error: string): string {
  const lines = error.split('\n');
  const stack = lines.findIndex((line) => /^\s+at /.test(line));
  const end = stack < 0 ? lines.length : stack;
  return [...lines.slice(0, Math.min(end, MAX_LINES)), ...lines.slice(end, end + MAX_LINES)].join(
    '\n',
  );
}

function pathFromRoot(path: string): string {
  return relative(ROOT, path).split(sep).join('/');
}

function resultFiles(): readonly string[] {
  return globSync(
    WORKSPACE_PATTERNS.map((pattern) => `${pattern}/${FOLDER}/*.json`),
    { cwd: ROOT },
  ).map((file) => join(ROOT, file));
}
