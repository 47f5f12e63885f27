import type { LeaseClock } from './lease.ts';

interface Sleeper {
  readonly wakeAtMs: number;
  readonly wake: () => void;
}

/** A clock that only a test advances. Sleepers wake in the order of their times. */
export class FakeClock implements LeaseClock {
  #wallMs = Date.parse('2030-01-01T00:00:00Z');
  #monotonicMs = 0;
  readonly #sleepers = new Set<Sleeper>();

  now(): number {
    return this.#wallMs;
  }

  monotonic(): number {
    return this.#monotonicMs;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const sleeper = { wakeAtMs: this.#monotonicMs + ms, wake: resolve };
      this.#sleepers.add(sleeper);
      signal?.addEventListener('abort', () => {
        this.#sleepers.delete(sleeper);
        reject(signal.reason);
      });
    });
  }

  /** Advances both clocks. Each sleeper that wakes runs until it sleeps again or waits for I/O. */
  async advance(ms: number): Promise<void> {
    const targetMs = this.#monotonicMs + ms;
    for (;;) {
      await runPending();
      const [next] = [...this.#sleepers]
        .filter(({ wakeAtMs }) => wakeAtMs <= targetMs)
        .sort((a, b) => a.wakeAtMs - b.wakeAtMs);
      if (next === undefined) break;
      this.#sleepers.delete(next);
      this.#move(Math.max(0, next.wakeAtMs - this.#monotonicMs));
      next.wake();
    }
    this.#move(targetMs - this.#monotonicMs);
    await runPending();
  }

  /** Moves only the wall clock, as when an administrator sets it or the machine was suspended. */
  jumpWall(ms: number): void {
    this.#wallMs += ms;
  }

  #move(ms: number): void {
    this.#wallMs += ms;
    this.#monotonicMs += ms;
  }
}

/** Runs the code that waits for a resolved promise or for the next turns of the event loop. */
async function runPending(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
