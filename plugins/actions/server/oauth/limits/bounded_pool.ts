import pLimit from 'p-limit';

/** Executes at most `size` tasks at the same time. Further tasks wait in order. */
export class BoundedPool {
  readonly #limit: ReturnType<typeof pLimit>;

  constructor(size: number) {
    this.#limit = pLimit(size);
  }

  run<T>(work: () => Promise<T>): Promise<T> {
    return this.#limit(work);
  }

  /**
   * Processes all items of all batches within the limit of this pool. An error of one item does not
   * stop the others. When `signal` is aborted, no further item is begun.
   * @returns number of items in the batches that were begun
   * @throws the first error of an item, after all other items were processed; an error of `batches`
   * immediately
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
