/**
 * Maximum difference in milliseconds that is ignored: network time, and the whole seconds of the
 * header.
 */
const TOLERANCE_MS = 5_000;

/**
 * Clock of the server, as its responses tell it. The clock of the user's machine may be wrong by
 * minutes; then times of the server would be shown too early or too late.
 */
export class ServerClock {
  readonly #ownNow: () => number;
  #aheadMs = 0;

  /** @param ownNow milliseconds since 1970 by the clock of this machine */
  constructor(ownNow: () => number) {
    this.#ownNow = ownNow;
  }

  /** Milliseconds since 1970. By the clock of this machine until the first response. */
  readonly now = (): number => this.#ownNow() + this.#aheadMs;

  /** @param date header `Date` of a response that has just arrived; `null`: it has none */
  observe(date: string | null): void {
    const ahead = date === null ? Number.NaN : Date.parse(date) - this.#ownNow();
    if (Number.isNaN(ahead)) return;
    this.#aheadMs = Math.abs(ahead) > TOLERANCE_MS ? ahead : 0;
  }
}
