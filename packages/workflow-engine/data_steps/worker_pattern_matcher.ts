import { StepFailure } from '../failures/step_failure.ts';
import { SharedWorkers } from '../processes/shared_workers.ts';
import type { PatternMatcher, PatternRequest, PatternResult } from './pattern_matcher.ts';

/** Milliseconds that one request may take. */
const TIME_LIMIT_MS = 1_000;
/** Type of the failure of a pattern whose processes have ended without a fault of the pattern. */
export const PATTERN_PROCESS_FAILED = 'PatternProcessFailed';
/** Attempts of a request whose process ends by itself. */
const ATTEMPTS = 3;
/** Processes for regular expressions. */
const PROCESSES = 2;

/**
 * Runs regular expressions in processes of their own. Each may take a second. A user has one
 * request in work at a time, so that others do not wait for all of them. A request whose process
 * ends by itself is worked on again, because a search has no effects.
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
    // Only the memory depends on the pattern.
    failed: ({ isOutOfMemory, reason }) =>
      new StepFailure(
        isOutOfMemory ? 'PatternFailed' : PATTERN_PROCESS_FAILED,
        `The pattern failed: ${reason}`,
      ),
  });

  /** The patterns of one user. @param user any text that names the user */
  forUser(user: string): PatternMatcher {
    const options = { user, limitMs: TIME_LIMIT_MS };
    const match = (request: PatternRequest) => this.#workers.run(request, options);
    return {
      match: (request) => withAttempts(() => match(request)),
    };
  }

  /** Ends the processes. Requests that have no result yet, and later ones, fail. */
  close(): Promise<void> {
    return this.#workers.close();
  }
}

/** Tells if an error says that the process of a pattern ended without a fault of the pattern. */
export function hasProcessFailed(error: unknown): boolean {
  return error instanceof StepFailure && error.error.type === PATTERN_PROCESS_FAILED;
}

async function withAttempts<Result>(work: () => Promise<Result>): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (!hasProcessFailed(error) || attempt >= ATTEMPTS) throw error;
    }
  }
}
