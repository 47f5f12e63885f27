import { StoreError } from '../../store/store_error.ts';

/** A failure older than this says nothing about now: nobody may have tried since, and the trouble may be over. */
const TELLING_MS = 5_000;

/**
 * How the last write for real went. A disk that is nearly full takes the small write of a probe and refuses the larger ones that people wait for, so a probe
 * alone would call such a store healthy.
 */
export class LastWrite {
  readonly #now: () => number;
  #failure: { readonly error: StoreError; readonly atMs: number } | undefined;

  /** @param now monotonic milliseconds */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Hands the write on, and remembers whether the store took it. A refused condition is an answer of a store that works. */
  async watch<T>(write: Promise<T>): Promise<T> {
    try {
      const result = await write;
      this.#failure = undefined;
      return result;
    } catch (error) {
      const isAway = error instanceof StoreError && error.code === 'unavailable';
      this.#failure = isAway ? { error, atMs: this.#now() } : undefined;
      throw error;
    }
  }

  /** @throws StoreError `unavailable` with which the last write failed, if that was a moment ago */
  ensureWorked(): void {
    if (this.#failure === undefined || this.#now() - this.#failure.atMs > TELLING_MS) return;
    throw this.#failure.error;
  }
}
