import type { RunResults } from '../test_runner/run_results.ts';

/** A test that failed at least once, or an error that was thrown outside tests at least once. */
export interface FlakyTest {
  /** Path of the file. `undefined`: Vitest could not tell in which file the error was thrown. */
  readonly file: string | undefined;
  /**
   * Name of the test, or of the group before or after whose tests the error was thrown.
   * `undefined`: the error concerns the whole file.
   */
  readonly test: string | undefined;
  readonly failures: number;
  /** Number of runs of the test. For an error outside tests: of all runs. */
  readonly runs: number;
  readonly firstMessage: string;
}

/** Returns the tests that failed at least once, the most frequent first. */
export function flakyTestsOf(runs: readonly RunResults[]): readonly FlakyTest[] {
  const all = new Map<string, { -readonly [K in keyof FlakyTest]: FlakyTest[K] }>();
  const known = (file: string | undefined, test: string | undefined, ofRuns: number) => {
    const name = JSON.stringify([file ?? null, test ?? null]);
    const found = all.get(name) ?? { file, test, failures: 0, runs: ofRuns, firstMessage: '' };
    all.set(name, found);
    return found;
  };
  const countFailure = (entry: ReturnType<typeof known>, message: string): void => {
    if (entry.failures === 0) entry.firstMessage = message;
    entry.failures += 1;
  };
  const countErrors = (
    file: string | undefined,
    errors: readonly { readonly title?: string | undefined; readonly message: string }[],
  ): void => {
    // Several functions of a group can fail in one run; that is one failure of the group.
    const firstOf = new Map(errors.toReversed().map(({ title, message }) => [title, message]));
    for (const [title, message] of firstOf) countFailure(known(file, title, runs.length), message);
  };
  for (const { files, errors } of runs) {
    for (const file of files) {
      countErrors(file.path, file.errors);
      for (const { title, state, message } of file.tests) {
        const test = known(file.path, title, 0);
        test.runs += 1;
        if (state === 'failed') countFailure(test, message);
      }
    }
    countErrors(
      undefined,
      errors.map((message) => ({ message })),
    );
  }
  return [...all.values()]
    .filter(({ failures }) => failures > 0)
    .sort((a, b) => b.failures - a.failures);
}
