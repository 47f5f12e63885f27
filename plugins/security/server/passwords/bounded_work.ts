import { SecurityError } from '../security_error.ts';

interface Waiter {
  readonly start: () => void;
  readonly refuse: (error: SecurityError) => void;
}

/**
 * Runs at most `maxConcurrent` pieces of expensive work at a time and queues at most `maxWaiting`.
 * A flood of logins can therefore neither occupy every thread of the pool nor make the queue grow
 * without bound. Parties, such as networks, are served in turn. When the queue is full, work of the
 * party with the longest queue is dropped, so that a flood from one network slows down only that
 * network.
 */
export class BoundedWork {
  readonly #maxConcurrent: number;
  readonly #maxWaiting: number;
  /** Queued work by party. It contains no empty queue. The first party is served next. */
  readonly #queues = new Map<string, Waiter[]>();
  #waiting = 0;
  #running = 0;

  constructor(options: { readonly maxConcurrent: number; readonly maxWaiting: number }) {
    this.#maxConcurrent = options.maxConcurrent;
    this.#maxWaiting = options.maxWaiting;
  }

  /**
   * @param party source of the work, for example a network
   * @throws SecurityError `login_busy` when too many pieces wait already; any error of `work`
   */
  async run<T>(work: () => Promise<T>, party: string): Promise<T> {
    await this.#enter(party);
    try {
      return await work();
    } finally {
      this.#leave();
    }
  }

  async #enter(party: string): Promise<void> {
    if (this.#running < this.#maxConcurrent) {
      this.#running += 1;
      return;
    }
    if (this.#waiting >= this.#maxWaiting) this.#makeRoomFor(party);
    await new Promise<void>((start, refuse) => {
      const queue = this.#queues.get(party) ?? [];
      queue.push({ start, refuse });
      this.#queues.set(party, queue);
      this.#waiting += 1;
    });
  }

  /**
   * Drops the last piece of the longest queue, unless the queue of `party` would become as long.
   */
  #makeRoomFor(party: string): void {
    const own = this.#queues.get(party)?.length ?? 0;
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
    const [party, queue] = next;
    this.#queues.delete(party);
    const waiter = queue.shift();
    if (queue.length > 0) this.#queues.set(party, queue);
    this.#waiting -= 1;
    waiter?.start();
  }
}

function busy(): SecurityError {
  return new SecurityError('login_busy', 'Too many simultaneous logins. Try again in a moment.', {
    retryAfterSeconds: 1,
  });
}
