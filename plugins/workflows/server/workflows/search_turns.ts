import { WorkflowError } from './workflow_error.ts';

/** Maximum number of searches that run at the same time. Each has some MB in memory. */
const MAX_ACTIVE = 2;
/** Maximum number of waiting searches of one user. */
const MAX_WAITING_PER_USER = 20;
/** Maximum number of waiting searches of all users. */
const MAX_WAITING = 200;
/**
 * Milliseconds between the end of a search and the begin of one that waits for it. SQLite blocks
 * the process during a search; meanwhile other requests arrive, which are served in this time.
 */
const PAUSE_MS = 10;

interface Waiting {
  readonly user: string;
  readonly start: () => void;
}

/**
 * Limits searches that read many workflows or executions: few run at the same time, and only one of
 * each user. Others wait in their order.
 */
export class SearchTurns {
  /** Users who have a search in progress. */
  readonly #active = new Set<string>();
  readonly #waiting: Waiting[] = [];

  /**
   * Waits for the turn of the user and then runs a search.
   * @throws WorkflowError `too_many_searches`; errors of the search
   */
  async run<T>(user: string, search: () => Promise<T>): Promise<T> {
    if (this.#active.size < MAX_ACTIVE && !this.#active.has(user)) this.#active.add(user);
    else await this.#turnOf(user);
    try {
      return await search();
    } finally {
      if (this.#waiting.length === 0) this.#active.delete(user);
      else setTimeout(() => this.#end(user), PAUSE_MS);
    }
  }

  #end(user: string): void {
    this.#active.delete(user);
    this.#startNext();
  }

  /**
   * Waits until the user may search.
   * @throws WorkflowError `too_many_searches`
   */
  #turnOf(user: string): Promise<void> {
    const ofUser = this.#waiting.filter((each) => each.user === user).length;
    if (ofUser >= MAX_WAITING_PER_USER || this.#waiting.length >= MAX_WAITING)
      throw new WorkflowError(
        'too_many_searches',
        'Too many lists of workflows or executions are being read. Wait a few seconds.',
      );
    return new Promise((start) => {
      this.#waiting.push({ user, start });
    });
  }

  #startNext(): void {
    const index = this.#waiting.findIndex(({ user }) => !this.#active.has(user));
    const [next] = index < 0 ? [] : this.#waiting.splice(index, 1);
    if (next === undefined) return;
    this.#active.add(next.user);
    next.start();
  }
}
