/** Our server gives a token call 30 s, so a hold that its test forgot must be over before. */
const MAX_HOLD_MS = 28_000;

/** One request, or its answer, kept back until the test has done what must happen in between. */
export interface Hold {
  /** Whether a request is being kept back now. With `after_acting`: the stand-in has acted, and nobody heard of it yet. */
  readonly isHolding: boolean;
  /**
   * Lets the request go on; one that comes only now is not held.
   * @throws Error when it went on by itself before, so that what the test did meanwhile may have come too late
   */
  release(): void;
}

/** The stand-in's side of a {@link Hold}: waiting, then holding at most once, then over. */
export class RequestHold implements Hold {
  readonly #maxMs: number;
  #letGo: (() => void) | undefined;
  #isFinished = false;
  #endedByItself = false;

  constructor(maxMs = MAX_HOLD_MS) {
    this.#maxMs = maxMs;
  }

  get isHolding(): boolean {
    return this.#letGo !== undefined;
  }

  /** Resolves when the hold is over; at once when it is over already. */
  keep(): Promise<void> {
    if (this.#isFinished) return Promise.resolve();
    return new Promise((resolve) => {
      const tooLong = setTimeout(() => {
        this.#endedByItself = true;
        this.end();
      }, this.#maxMs);
      this.#letGo = () => {
        clearTimeout(tooLong);
        resolve();
      };
    });
  }

  release(): void {
    if (this.#endedByItself) {
      throw new Error(`A request went on by itself after it was held for ${this.#maxMs} ms`);
    }
    this.end();
  }

  /** As {@link release}, and says nothing of what happened before. */
  end(): void {
    this.#isFinished = true;
    this.#letGo?.();
    this.#letGo = undefined;
  }
}
