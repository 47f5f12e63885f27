/**
 * Runs the work of each key in the order of the calls, one after the other. Works of different keys
 * run at the same time. It coordinates calls within this process only.
 */
export class KeyedQueue {
  /** Last work of each key. Empty when nothing runs. */
  readonly #last = new Map<string, Promise<unknown>>();

  /**
   * Runs `work` after the earlier works of the key, and settles as it does. A failure does not
   * affect later works.
   */
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
