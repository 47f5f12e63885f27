import { StepFailure } from '../failures/step_failure.ts';
import { SharedWorkers } from '../processes/shared_workers.ts';
import type { PatternMatcher } from './pattern_matcher.ts';
import type {
  PatternWork,
  PatternWorkResult,
  SchemaMismatch,
  SchemaRequest,
} from './pattern_work.ts';

/** Milliseconds that one pattern, and that a schema with all its patterns may take. */
const LIMITS_MS = { match: 1_000, schema: 2_000 } as const;
/** Type of the failure of a pattern whose processes have ended without a fault of the pattern. */
export const PATTERN_PROCESS_FAILED = 'PatternProcessFailed';
/** Attempts of a request whose process ends by itself. */
const ATTEMPTS = 3;
/** Processes for regular expressions. */
const PROCESSES = 2;

/** Runs the patterns of one user where they cannot stop the process. */
export interface UserPatterns extends PatternMatcher {
  /**
   * Compares a value with a schema and all its patterns, in at most two seconds.
   * @throws StepFailure `PatternTimeout`, `PatternFailed`, `PatternProcessFailed`
   */
  mismatches(request: SchemaRequest): Promise<readonly SchemaMismatch[]>;
}

/**
 * Runs regular expressions in processes of their own. Each may take a second. A user has one
 * request in work at a time, so that others do not wait for all of them. A request whose process
 * ends by itself is worked on again, because a search has no effects.
 */
export class WorkerPatternMatcher {
  readonly #workers = new SharedWorkers<PatternWork, PatternWorkResult>({
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
  forUser(user: string): UserPatterns {
    const run = (work: PatternWork) =>
      withAttempts(() => this.#workers.run(work, { user, limitMs: LIMITS_MS[work.kind] }));
    return {
      match: async (request) => {
        const result = await run({ kind: 'match', ...request });
        return result.kind === 'match' ? result.results : otherResult();
      },
      mismatches: async (request) => {
        const result = await run({ kind: 'schema', ...request });
        return result.kind === 'schema' ? result.mismatches : otherResult();
      },
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

function otherResult(): never {
  throw new Error('The result belongs to another request.');
}
