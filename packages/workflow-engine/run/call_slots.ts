/** Limits the calls of one run that are in progress at the same time. */
export class CallSlots {
  readonly #waiting: (() => void)[] = [];
  #free: number;

  /** @param size number of calls at the same time */
  constructor(size: number) {
    this.#free = size;
  }

  /**
   * Executes a call when there is room for it, in the order of the requests.
   * @throws the reason of the signal when it aborts before the call has begun; the errors of the
   * call
   */
  async within<T>(signal: AbortSignal, call: () => Promise<T>): Promise<T> {
    signal.throwIfAborted();
    if (this.#free > 0) this.#free -= 1;
    else await this.#turn(signal);
    try {
      signal.throwIfAborted();
      return await call();
    } finally {
      // The room passes to the next one, so that nobody overtakes it.
      const next = this.#waiting.shift();
      if (next === undefined) this.#free += 1;
      else next();
    }
  }

  #turn(signal: AbortSignal): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const abort = (): void => {
      const index = this.#waiting.indexOf(begin);
      if (index < 0) return;
      this.#waiting.splice(index, 1);
      reject(signal.reason);
    };
    const begin = (): void => {
      signal.removeEventListener('abort', abort);
      resolve();
    };
    this.#waiting.push(begin);
    signal.addEventListener('abort', abort, { once: true });
    return promise;
  }
}
