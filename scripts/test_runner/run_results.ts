import { readFileSync } from 'node:fs';
import { z } from 'zod';

const failure = z.object({
  /** Titles of the groups from the outermost to the innermost; absent: the whole file. */
  title: z.string().optional(),
  message: z.string(),
});

const fileResult = z.object({
  /** Absolute path. */
  path: z.string(),
  /** Milliseconds for which the tests of the file and what runs before and after them took. */
  durationMs: z.number(),
  tests: z.array(
    z.object({
      /** Title with those of its groups. */
      title: z.string(),
      state: z.enum(['passed', 'failed']),
      /** The errors that the test threw, with their stacks; empty: it passed. */
      message: z.string(),
    }),
  ),
  /**
   * Errors outside tests: the file could not be loaded, or a function failed that runs before or
   * after all tests of the file or of a group. Vitest skips the tests of such a group, so these
   * errors may be all that remains of them.
   */
  errors: z.array(failure),
});

/** Schema of the results of one run of Vitest, which `result_reporter.ts` stores. */
const runResults = z.object({
  /** Milliseconds of wall time from the start of the run to its end. */
  durationMs: z.number(),
  files: z.array(fileResult),
  /** Errors that Vitest could not attribute to a file, such as unhandled rejections. */
  errors: z.array(z.string()),
});

/** Results of one run of Vitest. */
export type RunResults = z.infer<typeof runResults>;
/** Results of one test file. */
export type FileResult = z.infer<typeof fileResult>;

/**
 * Reads the results of one run of Vitest.
 * @throws Error when the file is missing; ZodError or SyntaxError when it contains something else
 */
export function readRunResults(file: string): RunResults {
  return runResults.parse(JSON.parse(readFileSync(file, 'utf8')));
}
