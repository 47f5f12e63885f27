import { setImmediate } from 'node:timers/promises';

/** Milliseconds of work of one step after which other work of the process gets its turn. */
const TURN_MS = 20;

/** Divides long work into turns, so that other runs and requests are served meanwhile. */
export class Turns {
  readonly #signal: AbortSignal | undefined;
  #startedAt = performance.now();

  /** @param signal ends the work at the end of a turn. */
  constructor(signal?: AbortSignal) {
    this.#signal = signal;
  }

  /** Tells if {@link next} must be awaited before the next piece of work. */
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
