import { StepFailure } from '../failures/step_failure.ts';
import { LimitedWorker } from '../processes/limited_worker.ts';
import type { PatternMatcher, PatternRequest, PatternResult } from './pattern_matcher.ts';

/** Milliseconds that one request may take. */
const TIME_LIMIT_MS = 1_000;

/** Runs regular expressions in a process of their own. Each may take a second. */
export class WorkerPatternMatcher implements PatternMatcher {
  readonly #worker = new LimitedWorker<PatternRequest, readonly PatternResult[]>({
    // The production build keeps names of files and removes types.
    module: new URL('./pattern_process.ts', import.meta.url),
    expired: (limitMs) =>
      new StepFailure(
        'PatternTimeout',
        `The pattern took longer than ${limitMs} ms. Avoid nested repetition such as \`(a+)+\`.`,
      ),
    failed: ({ reason }) => new StepFailure('PatternFailed', `The pattern failed: ${reason}`),
  });

  match(request: PatternRequest): Promise<readonly PatternResult[]> {
    return this.#worker.run(request, TIME_LIMIT_MS);
  }

  /** Ends the process. Requests that have no result yet, and later ones, fail. */
  close(): Promise<void> {
    return this.#worker.close();
  }
}
