import { setImmediate } from 'node:timers/promises';

/** Milliseconds of work after which a step lets other work of the process run. */
const TURN_MS = 20;

/** Divides long work into turns, so that other runs and requests are served in between. */
export class Turns {
  readonly #signal: AbortSignal | undefined;
  #startedAt = performance.now();

  /** @param signal ends the work at the end of a turn when it is aborted */
  constructor(signal?: AbortSignal) {
    this.#signal = signal;
  }

  /** Returns `true` if {@link next} must be awaited before the next piece of work. */
  get isOver(): boolean {
    return performance.now() - this.#startedAt >= TURN_MS;
  }

  /**
   * Lets other work of this process run, then resolves.
   * @throws the reason of the signal, if it is aborted
   */
  async next(): Promise<void> {
    await setImmediate();
    this.#signal?.throwIfAborted();
    this.#startedAt = performance.now();
  }
}
