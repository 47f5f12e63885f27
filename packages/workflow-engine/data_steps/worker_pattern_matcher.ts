import { StepFailure } from '../failures/step_failure.ts';
import { SharedWorkers } from '../processes/shared_workers.ts';
import type { PatternMatcher, PatternRequest, PatternResult } from './pattern_matcher.ts';

/** Milliseconds that one request may take. */
const TIME_LIMIT_MS = 1_000;
/** Processes for regular expressions. */
const PROCESSES = 2;

/**
 * Runs regular expressions in processes of their own. Each may take a second. A user has one
 * request in work at a time, so that others do not wait for all of them.
 */
export class WorkerPatternMatcher {
  readonly #workers = new SharedWorkers<PatternRequest, readonly PatternResult[]>({
    // The production build keeps names of files and removes types.
    module: new URL('./pattern_process.ts', import.meta.url),
    processes: PROCESSES,
    expired: (limitMs) =>
      new StepFailure(
        'PatternTimeout',
        `The pattern took longer than ${limitMs} ms. Avoid nested repetition such as \`(a+)+\`.`,
      ),
    failed: ({ reason }) => new StepFailure('PatternFailed', `The pattern failed: ${reason}`),
  });

  /** The patterns of one user. @param user any text that names the user */
  forUser(user: string): PatternMatcher {
    return { match: (request) => this.#workers.run(request, { user, limitMs: TIME_LIMIT_MS }) };
  }

  /** Ends the processes. Requests that have no result yet, and later ones, fail. */
  close(): Promise<void> {
    return this.#workers.close();
  }
}
