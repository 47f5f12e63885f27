/**
 * Maximum milliseconds of a hold. It is shorter than the 30 s that our server waits for a token
 * call, so that a hold which a test forgot to release ends before.
 */
const MAX_HOLD_MS = 28_000;

/** A hold of one request, or of its response, until the test has performed its actions. */
export interface Hold {
  /**
   * `true` while a request is held. With `after_acting` the provider has acted, and the caller has
   * not received the response.
   */
  readonly isHolding: boolean;
  /**
   * Releases the request. A request that arrives later is not held.
   * @throws Error when the hold has already ended automatically: the actions of the test may have
   * come too late
   */
  release(): void;
}

/** The provider's side of a {@link Hold}. States: waiting, holding one request, ended. */
export class RequestHold implements Hold {
  readonly #maxMs: number;
  #resume: (() => void) | undefined;
  #isFinished = false;
  #isTimedOut = false;

  constructor(maxMs = MAX_HOLD_MS) {
    this.#maxMs = maxMs;
  }

  get isHolding(): boolean {
    return this.#resume !== undefined;
  }

  /** Resolves when the hold ends; immediately when it has ended already. */
  keep(): Promise<void> {
    if (this.#isFinished) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.#isTimedOut = true;
        this.end();
      }, this.#maxMs);
      this.#resume = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  release(): void {
    if (this.#isTimedOut) {
      throw new Error(`The held request was released automatically after ${this.#maxMs} ms`);
    }
    this.end();
  }

  /** Like {@link release}, but does not throw when the hold ended automatically. */
  end(): void {
    this.#isFinished = true;
    this.#resume?.();
    this.#resume = undefined;
  }
}
