import { SecurityError } from '../security_error.ts';

interface Waiter {
  readonly start: () => void;
  readonly refuse: (error: SecurityError) => void;
}

/**
 * Runs at most `maxConcurrent` pieces of expensive work at a time and queues at most `maxWaiting`.
 * A flood of logins can therefore neither occupy every thread of the pool nor make the queue grow
 * without bound. Sources of work, such as networks, are served in turn. When the queue is full,
 * work of the source with the longest queue is dropped, so that a flood from one network slows
 * down only that network.
 */
export class BoundedWork {
  readonly #maxConcurrent: number;
  readonly #maxWaiting: number;
  /** Queued work by its source. It contains no empty queue. The first source is served next. */
  readonly #queues = new Map<string, Waiter[]>();
  #waiting = 0;
  #running = 0;

  constructor(options: { readonly maxConcurrent: number; readonly maxWaiting: number }) {
    this.#maxConcurrent = options.maxConcurrent;
    this.#maxWaiting = options.maxWaiting;
  }

  /**
   * @param source of the work, for example a network
   * @throws SecurityError `login_busy` when too many pieces wait already; any error of `work`
   */
  async run<T>(work: () => Promise<T>, source: string): Promise<T> {
    await this.#enter(source);
    try {
      return await work();
    } finally {
      this.#leave();
    }
  }

  async #enter(source: string): Promise<void> {
    if (this.#running < this.#maxConcurrent) {
      this.#running += 1;
      return;
    }
    if (this.#waiting >= this.#maxWaiting) this.#makeRoomFor(source);
    await new Promise<void>((start, refuse) => {
      const queue = this.#queues.get(source) ?? [];
      queue.push({ start, refuse });
      this.#queues.set(source, queue);
      this.#waiting += 1;
    });
  }

  /**
   * Drops the last piece of the longest queue, unless the queue of `source` would become as long.
   */
  #makeRoomFor(source: string): void {
    const own = this.#queues.get(source)?.length ?? 0;
    const longest = [...this.#queues.values()].reduce<Waiter[]>(
      (found, queue) => (queue.length > found.length ? queue : found),
      [],
    );
    if (longest.length <= own + 1) throw busy();
    longest.pop()?.refuse(busy());
    this.#waiting -= 1;
  }

  #leave(): void {
    const [next] = this.#queues;
    // The slot is given directly to the next piece of work, so that no later call can take it.
    if (next === undefined) {
      this.#running -= 1;
      return;
    }
    const [source, queue] = next;
    this.#queues.delete(source);
    const waiter = queue.shift();
    if (queue.length > 0) this.#queues.set(source, queue);
    this.#waiting -= 1;
    waiter?.start();
  }
}

function busy(): SecurityError {
  return new SecurityError('login_busy', 'Too many simultaneous logins. Try again in a moment.', {
    retryAfterSeconds: 1,
  });
}
