import { StoreError } from '../../store/store_error.ts';

/**
 * Age in milliseconds after which a failure is ignored, because the store may have recovered since
 * without another write.
 */
const MAX_FAILURE_AGE_MS = 5_000;

/**
 * Records whether the last write of a caller failed. A disk that is nearly full accepts the small
 * write of a ping and refuses larger ones, so the ping alone would report such a store as healthy.
 */
export class LastWrite {
  readonly #now: () => number;
  #failure: { readonly error: StoreError; readonly atMs: number } | undefined;

  /** @param now monotonic milliseconds */
  constructor(now: () => number) {
    this.#now = now;
  }

  /**
   * Returns the result of the write and records whether the store was unavailable. A conflict is no
   * failure of the store.
   * @throws the error of the write
   */
  async watch<T>(write: Promise<T>): Promise<T> {
    try {
      const result = await write;
      this.#failure = undefined;
      return result;
    } catch (error) {
      const isUnavailable = error instanceof StoreError && error.code === 'unavailable';
      this.#failure = isUnavailable ? { error, atMs: this.#now() } : undefined;
      throw error;
    }
  }

  /**
   * Checks that the last write worked.
   * @throws StoreError `unavailable` if the last write failed with it in the last 5 seconds
   */
  ensureWorked(): void {
    if (this.#failure === undefined || this.#now() - this.#failure.atMs > MAX_FAILURE_AGE_MS)
      return;
    throw this.#failure.error;
  }
}
