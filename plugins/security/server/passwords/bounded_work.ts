import { SecurityError } from '../security_error.ts';

/**
 * Runs at most `maxConcurrent` pieces of costly work at a time and lets at most `maxWaiting` wait, so that a flood of logins
 * can neither occupy every thread of the pool nor grow a queue without end.
 */
export class BoundedWork {
  readonly #maxConcurrent: number;
  readonly #maxWaiting: number;
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(options: { readonly maxConcurrent: number; readonly maxWaiting: number }) {
    this.#maxConcurrent = options.maxConcurrent;
    this.#maxWaiting = options.maxWaiting;
  }

  /** @throws SecurityError `login_busy` when too many wait already; otherwise what `work` throws */
  async run<T>(work: () => Promise<T>): Promise<T> {
    await this.#enter();
    try {
      return await work();
    } finally {
      this.#leave();
    }
  }

  async #enter(): Promise<void> {
    if (this.#running < this.#maxConcurrent) {
      this.#running += 1;
      return;
    }
    if (this.#waiting.length >= this.#maxWaiting) {
      throw new SecurityError('login_busy', 'Too many logins at once. Try again in a moment.', {
        retryAfterSeconds: 1,
      });
    }
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  #leave(): void {
    const next = this.#waiting.shift();
    // The slot passes to the one who waited longest without ever becoming free, so nobody overtakes.
    if (next === undefined) this.#running -= 1;
    else next();
  }
}
