import { globSync, readFileSync, rmSync } from 'node:fs';
import { basename, dirname, join, relative, sep } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { z } from 'zod';
import { ROOT } from './command.ts';
import type { TestKind } from './test_runner/test_command.ts';
import { WORKSPACE_PATTERNS } from './workspaces.ts';

const FOLDER = '.test-results';
/** Maximum lines of a message, and of a stack, that are kept. */
const MAX_LINES = 12;

/**
 * Schema of the parts of the JSON of Vitest that are read here. Times are in milliseconds since
 * the epoch.
 */
const vitestOutput = z.object({
  startTime: z.number(),
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      message: z.string().optional(),
      startTime: z.number(),
      endTime: z.number(),
      assertionResults: z.array(
        z.object({
          status: z.string(),
          fullName: z.string().optional(),
          failureMessages: z.array(z.string()).nullish(),
        }),
      ),
    }),
  ),
});

type FileOutput = z.infer<typeof vitestOutput>['testResults'][number];

/** Tests of one kind in one workspace. Durations are in milliseconds of wall time. */
export interface WorkspaceResult {
  /** Workspace and kind, for example `plugins/actions integration`. */
  readonly name: string;
  readonly passed: number;
  /** Number of failed tests and of files that failed without one, such as those not loaded. */
  readonly failed: number;
  readonly durationMs: number;
  readonly files: readonly { readonly path: string; readonly durationMs: number }[];
  readonly failures: readonly TestFailure[];
}

/** A failed test, or a file that failed without a failed test. */
export interface TestFailure {
  readonly path: string;
  /** Title with those of its groups; absent when the whole file failed. */
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
 * @throws ZodError when a file is not from Vitest
 */
export function readResults(): readonly WorkspaceResult[] {
  return resultFiles()
    .map((file) => toResult(file, readFileSync(file, 'utf8')))
    .sort((a, b) => b.durationMs - a.durationMs);
}

/**
 * Reads the results from the output of Vitest.
 * @throws ZodError when the text is not from Vitest
 */
export function toResult(file: string, text: string): WorkspaceResult {
  const output = vitestOutput.parse(JSON.parse(text));
  const end = Math.max(output.startTime, ...output.testResults.map(({ endTime }) => endTime));
  return {
    name: `${pathFromRoot(dirname(dirname(file)))} ${basename(file, '.json')}`,
    passed: output.numPassedTests,
    failed: output.numFailedTests + output.testResults.filter(isBrokenFile).length,
    durationMs: end - output.startTime,
    files: output.testResults.map(({ name, startTime, endTime }) => ({
      path: pathFromRoot(name),
      durationMs: endTime - startTime,
    })),
    failures: output.testResults.flatMap(toFailures),
  };
}

function toFailures(file: FileOutput): readonly TestFailure[] {
  const path = pathFromRoot(file.name);
  if (isBrokenFile(file)) return [{ path, message: shortened(file.message ?? '') }];
  return file.assertionResults
    .filter(({ status }) => status === 'failed')
    .map(({ fullName, failureMessages }) => ({
      path,
      title: fullName ?? '',
      message: shortened((failureMessages ?? []).join('\n')),
    }));
}

function shortened(error: string): string {
  const lines = stripVTControlCharacters(error).split('\n');
  const stack = lines.findIndex((line) => /^\s+at /.test(line));
  const end = stack < 0 ? lines.length : stack;
  return [...lines.slice(0, Math.min(end, MAX_LINES)), ...lines.slice(end, end + MAX_LINES)].join(
    '\n',
  );
}

function isBrokenFile({ status, assertionResults }: FileOutput): boolean {
  return status === 'failed' && assertionResults.every((each) => each.status !== 'failed');
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
