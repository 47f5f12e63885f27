import { z } from 'zod';

/** Schema of the parts of the JSON of Vitest that are read here. */
const runResult = z.object({
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      message: z.string(),
      assertionResults: z.array(
        z.object({
          fullName: z.string(),
          status: z.string(),
          failureMessages: z.array(z.string()).nullish(),
        }),
      ),
    }),
  ),
});
export type RunResult = z.infer<typeof runResult>;

/** A test that did not always pass, or a file that could not always be loaded. */
export interface FlakyTest {
  readonly file: string;
  /** Name of the test. `undefined`: the file could not be loaded. */
  readonly test: string | undefined;
  readonly failures: number;
  readonly runs: number;
  readonly firstMessage: string;
}

/**
 * Reads the results of one run of the tests.
 * @throws ZodError when the text is not output of Vitest
 */
export function parseRun(text: string): RunResult {
  return runResult.parse(JSON.parse(text));
}

/** Returns the tests that failed at least once, the most frequent first. */
export function flakyTestsOf(runs: readonly RunResult[]): readonly FlakyTest[] {
  const all = new Map<string, { -readonly [K in keyof FlakyTest]: FlakyTest[K] }>();
  const count = (file: string, test: string | undefined, failure: string | undefined): void => {
    const name = JSON.stringify([file, test]);
    const known = all.get(name) ?? { file, test, failures: 0, runs: 0, firstMessage: '' };
    known.runs += 1;
    if (failure !== undefined) {
      if (known.failures === 0) known.firstMessage = failure;
      known.failures += 1;
    }
    all.set(name, known);
  };
  for (const { testResults } of runs) {
    for (const { name, status, message, assertionResults } of testResults) {
      const isBroken = status === 'failed' && assertionResults.length === 0;
      count(name, undefined, isBroken ? message : undefined);
      for (const { fullName, status: outcome, failureMessages } of assertionResults) {
        if (outcome !== 'passed' && outcome !== 'failed') continue;
        const text = failureMessages?.[0] ?? 'It failed without a message.';
        count(name, fullName, outcome === 'failed' ? text : undefined);
      }
    }
  }
  return [...all.values()]
    .filter(({ failures }) => failures > 0)
    .sort((a, b) => b.failures - a.failures);
}
