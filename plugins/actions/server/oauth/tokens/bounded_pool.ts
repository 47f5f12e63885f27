/** Runs at most `size` tasks at the same time. The others wait in order. */
export class BoundedPool {
  readonly #size: number;
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(size: number) {
    this.#size = size;
  }

  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running >= this.#size)
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#running += 1;
    try {
      return await work();
    } finally {
      // The slot passes to the next waiting task directly, so that a later caller cannot take it
      // first.
      const next = this.#waiting.shift();
      if (next === undefined) this.#running -= 1;
      else next();
    }
  }

  /**
   * Works on all items of all batches, with the limit of this pool. An error of one item does not
   * stop the others. When `signal` aborts, no further item is begun.
   * @returns number of items
   * @throws the first error of an item, after all other items; the errors of `batches` at once
   */
  async forEach<T>(
    batches: AsyncIterable<readonly T[]>,
    work: (item: T) => Promise<unknown>,
    signal: AbortSignal,
  ): Promise<number> {
    let count = 0;
    let failure: PromiseRejectedResult | undefined;
    for await (const batch of batches) {
      if (signal.aborted) break;
      const workUnlessAborted = async (item: T) => {
        if (!signal.aborted) await work(item);
      };
      const results = await Promise.allSettled(
        batch.map((item) => this.run(() => workUnlessAborted(item))),
      );
      failure ??= results.find((result) => result.status === 'rejected');
      count += batch.length;
    }
    if (failure !== undefined) throw failure.reason;
    return count;
  }
}
