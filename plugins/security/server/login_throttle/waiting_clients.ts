import { type Clock, networkOf } from '@latchkey/core/server';

/** Maximum number of waiting requests of the process. */
const MAX_WAITING = 500;
/** Maximum number of waiting requests of one address. */
const MAX_PER_ADDRESS = 3;

/**
 * Requests that wait for their turn. A client that arrives slightly early is held until the exact
 * time; otherwise the client with the most frequent requests would use every attempt.
 */
export class WaitingClients {
  readonly #clock: Pick<Clock, 'sleep'>;
  readonly #waiting = new Map<string, number>();
  #total = 0;

  constructor(clock: Pick<Clock, 'sleep'>) {
    this.#clock = clock;
  }

  /**
   * Resolves to `true` after `ms` milliseconds, or at once to `false` when too many requests wait.
   */
  async wait(address: string, ms: number): Promise<boolean> {
    const client = networkOf(address);
    const present = this.#waiting.get(client) ?? 0;
    if (present >= MAX_PER_ADDRESS || this.#total >= MAX_WAITING) return false;
    this.#waiting.set(client, present + 1);
    this.#total += 1;
    try {
      await this.#clock.sleep(ms);
    } finally {
      this.#total -= 1;
      const left = (this.#waiting.get(client) ?? 1) - 1;
      if (left === 0) this.#waiting.delete(client);
      else this.#waiting.set(client, left);
    }
    return true;
  }
}
