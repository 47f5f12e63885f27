import { type Clock, systemClock } from '@latchkey/core/server';

/**
 * The machine's clock with a wall clock that can be set. Monotonic time and sleeping are those of
 * the machine.
 */
export class SkewedClock implements Clock {
  offsetMs: number;

  constructor(offsetMs: number) {
    this.offsetMs = offsetMs;
  }

  now(): number {
    return systemClock.now() + this.offsetMs;
  }

  monotonic(): number {
    return systemClock.monotonic();
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return systemClock.sleep(ms, signal);
  }
}
