import { WorkflowError } from './workflow_error.ts';

/** Searches of one process at the same time. Each has some MB of YAML in memory. */
const MAX_ACTIVE = 2;
/** Searches of one user that wait. */
const MAX_WAITING_PER_USER = 20;
/** Searches of all users that wait. */
const MAX_WAITING = 200;

interface Waiting {
  readonly user: string;
  readonly start: () => void;
}

/**
 * Lets few searches that read the YAML of many workflows run at the same time, and one of each
 * user. Others wait in their order.
 */
export class SearchTurns {
  /** Users whose search runs. */
  readonly #active = new Set<string>();
  readonly #waiting: Waiting[] = [];

  /**
   * Runs a search when it is the turn of its user.
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

  /** @throws WorkflowError `too_many_searches` */
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
