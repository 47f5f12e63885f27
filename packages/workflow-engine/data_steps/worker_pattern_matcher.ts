import { StepFailure } from '../failures/step_failure.ts';
import { SharedWorkers } from '../processes/shared_workers.ts';
import type { PatternMatcher } from './pattern_matcher.ts';
import type {
  PatternWork,
  PatternWorkResult,
  SchemaMismatch,
  SchemaRequest,
} from './pattern_work.ts';

type Limits = Readonly<Record<PatternWork['kind'], number>>;

/**
 * Maximum milliseconds of one pattern (`match`), and of a schema with all its patterns (`schema`).
 */
const LIMITS_MS: Limits = { match: 1_000, schema: 2_000 };
/**
 * Type of the failure when the processes of a pattern have ended, and the pattern is not the
 * reason.
 */
export const PATTERN_PROCESS_FAILED = 'PatternProcessFailed';
/** Maximum attempts of a request whose process ends unexpectedly. */
const ATTEMPTS = 3;
/** Number of processes for regular expressions. */
const PROCESSES = 2;

/** Runs the patterns of one user in such a way that they cannot block the process. */
export interface UserPatterns extends PatternMatcher {
  /**
   * Compares a value with a schema and all its patterns, in at most two seconds.
   * @throws StepFailure `PatternTimeout`, `PatternFailed`, `PatternProcessFailed`
   */
  mismatches(request: SchemaRequest): Promise<readonly SchemaMismatch[]>;
}

/**
 * Runs regular expressions in separate processes, each for at most a second. Only one request of a
 * user is in work at a time, so that other users do not wait for all requests of one user. A
 * request whose process ends unexpectedly is repeated, because a search has no side effects.
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
    // The pattern can be the reason only when memory is exhausted.
    failed: ({ isOutOfMemory, reason }) =>
      new StepFailure(
        isOutOfMemory ? 'PatternFailed' : PATTERN_PROCESS_FAILED,
        `The pattern failed: ${reason}`,
      ),
  });

  readonly #limitsMs: Limits;

  /** @param options `limitsMs`: maximum milliseconds by kind; default: 1 and 2 seconds */
  constructor({ limitsMs = LIMITS_MS }: { readonly limitsMs?: Limits } = {}) {
    this.#limitsMs = limitsMs;
  }

  /**
   * Returns the matcher for the patterns of one user.
   * @param user any text that identifies the user
   */
  forUser(user: string): UserPatterns {
    const run = (work: PatternWork) =>
      withAttempts(() => this.#workers.run(work, { user, limitMs: this.#limitsMs[work.kind] }));
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

  /** Ends the processes. Requests in progress and later requests fail. */
  close(): Promise<void> {
    return this.#workers.close();
  }
}

/**
 * Returns `true` if an error means that the process of a pattern ended, and the pattern is not the
 * reason.
 */
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
