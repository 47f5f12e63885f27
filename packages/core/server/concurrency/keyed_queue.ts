/**
 * Runs the work of each key in the order of the calls, one after the other. Works of different keys
 * run at the same time. Within this process only.
 */
export class KeyedQueue {
  /** Last work per key. Empty when nothing runs. */
  readonly #last = new Map<string, Promise<unknown>>();

  /** Resolves or rejects as `work` does. A failure does not affect the works after it. */
  async run<T>(key: string, work: () => Promise<T>): Promise<T> {
    const before = this.#last.get(key) ?? Promise.resolve();
    const result = before.catch(() => undefined).then(work);
    this.#last.set(key, result);
    try {
      return await result;
    } finally {
      if (this.#last.get(key) === result) this.#last.delete(key);
    }
  }

  /** Number of keys with work that has not ended. */
  get size(): number {
    return this.#last.size;
  }
}
