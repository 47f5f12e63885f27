/**
 * The instant of a rendering, and random numbers that follow from it. A replay of a run renders at
 * the recorded instant, so it gets the same values.
 */
export class RenderMoment {
  /** The variable `now` of the run. Absent: filters read the clock of the machine. */
  readonly now: Date | undefined;
  #state: number;

  constructor(now: unknown) {
    this.now = now instanceof Date ? now : undefined;
    this.#state = (this.now ?? new Date()).getTime() >>> 0;
  }

  /**
   * Returns the next number from 0 (inclusive) to 1 (exclusive), with the generator mulberry32. Not
   * for secrets.
   */
  random(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }
}
