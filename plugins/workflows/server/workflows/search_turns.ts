import { WorkflowError } from './workflow_error.ts';

/** Maximum number of searches that run at the same time. Each has some MB of YAML in memory. */
const MAX_ACTIVE = 2;
/** Maximum number of waiting searches of one user. */
const MAX_WAITING_PER_USER = 20;
/** Maximum number of waiting searches of all users. */
const MAX_WAITING = 200;

interface Waiting {
  readonly user: string;
  readonly start: () => void;
}

/**
 * Limits searches that read the YAML of many workflows: few run at the same time, and only one of
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
      this.#active.delete(user);
      this.#startNext();
    }
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
        'Too many searches for workflows are in progress. Wait a few seconds.',
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
