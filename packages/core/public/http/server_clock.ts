/**
 * Maximum difference in milliseconds that is ignored. It covers the time on the network, and that
 * the header has whole seconds.
 */
const TOLERANCE_MS = 5_000;

/**
 * Milliseconds by which {@link ServerClock} may be behind the server: what it ignores, and the part
 * of a second that the header lacks.
 */
export const CLOCK_UNCERTAINTY_MS = TOLERANCE_MS + 1_000;

/**
 * Clock of the server, derived from its responses. The clock of the user's machine may be wrong by
 * minutes; then times of the server would be shown too early or too late.
 */
export class ServerClock {
  readonly #ownNow: () => number;
  #aheadMs = 0;

  /** @param ownNow milliseconds since 1970 by the clock of this machine */
  constructor(ownNow: () => number) {
    this.#ownNow = ownNow;
  }

  /**
   * Returns milliseconds since 1970. Until the first response it uses the clock of this machine.
   */
  readonly now = (): number => this.#ownNow() + this.#aheadMs;

  /**
   * Compares the clocks when a response has just arrived.
   * @param date header `Date` of the response; `null`: it has none
   */
  observe(date: string | null): void {
    const ahead = date === null ? Number.NaN : Date.parse(date) - this.#ownNow();
    if (Number.isNaN(ahead)) return;
    this.#aheadMs = Math.abs(ahead) > TOLERANCE_MS ? ahead : 0;
  }
}
