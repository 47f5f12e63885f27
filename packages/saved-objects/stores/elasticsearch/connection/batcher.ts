import { setImmediate as nextTurn } from 'node:timers/promises';

/** Options of a {@link Batcher}. */
export interface BatcherOptions<I, R> {
  /** Sends one batch and returns the results in the order of the items. */
  readonly send: (items: readonly I[]) => Promise<readonly R[]>;
  readonly maxItems: number;
  readonly maxBytes: number;
  readonly bytesOf: (item: I) => number;
}

interface Waiting<I, R> {
  readonly item: I;
  readonly resolve: (result: R) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Collects the items that are added in one turn of the event loop and sends them in one batch.
 * Under load this means one request instead of fifty. A batch does not wait for earlier batches.
 */
export class Batcher<I, R> {
  readonly #options: BatcherOptions<I, R>;
  #waiting: Waiting<I, R>[] = [];

  constructor(options: BatcherOptions<I, R>) {
    this.#options = options;
  }

  /**
   * Adds an item and resolves with its result.
   * @throws the error of sending its batch
   */
  add(item: I): Promise<R> {
    return new Promise<R>((resolve, reject) => {
      this.#waiting.push({ item, resolve, reject });
      if (this.#waiting.length === 1) void nextTurn().then(() => this.#flush());
    });
  }

  #flush(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const batch of split(waiting, this.#options)) void this.#send(batch);
  }

  async #send(batch: readonly Waiting<I, R>[]): Promise<void> {
    try {
      const results = await this.#options.send(batch.map(({ item }) => item));
      batch.forEach(({ resolve, reject }, i) => {
        const result = results[i];
        if (result === undefined)
          reject(
            new Error(
              'The response of Elasticsearch to a bulk request lacks the result of an item.',
            ),
          );
        else resolve(result);
      });
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }
}

function split<I, R>(
  waiting: readonly Waiting<I, R>[],
  { maxItems, maxBytes, bytesOf }: BatcherOptions<I, R>,
): readonly (readonly Waiting<I, R>[])[] {
  const batches: Waiting<I, R>[][] = [];
  let bytes = 0;
  for (const each of waiting) {
    const size = bytesOf(each.item);
    const current = batches.at(-1);
    if (current === undefined || current.length >= maxItems || bytes + size > maxBytes) {
      batches.push([each]);
      bytes = size;
    } else {
      current.push(each);
      bytes += size;
    }
  }
  return batches;
}
