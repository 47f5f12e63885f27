import { type Clock, createLruCache, networkOf } from '@latchkey/core/server';
import { FlowError } from './flow_error.ts';
import type { RateLimit } from './rate_limiter.ts';

/**
 * Maximum number of networks in memory, which need one or two megabytes. The network whose last
 * request is the oldest is removed first.
 */
const MAX_NETWORKS = 10_000;

interface Allowance {
  /** Attempts that are left now. May have a fractional part. */
  left: number;
  /** Instant of the last update of `left` on the monotonic clock, in milliseconds. */
  at: number;
}

/**
 * Limits callback requests without a session, or with a state that was not issued to the caller,
 * per network and process. Counts in memory, because anonymous callers must not cause writes to the
 * store. Callbacks of users with their own state are counted by {@link RateLimiter} instead, so
 * neither another user of the same network nor a forged address can lock them out.
 */
export class IpRateLimiter {
  readonly #limit: RateLimit;
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #allowances = createLruCache<string, Allowance>(MAX_NETWORKS);

  constructor(limit: RateLimit, clock: Pick<Clock, 'monotonic'>) {
    this.#limit = limit;
    this.#clock = clock;
  }

  /** Number of networks in memory. */
  get size(): number {
    return this.#allowances.size;
  }

  /**
   * Counts one attempt. Allows `limit` attempts without a pause, then one more after each `limit`th
   * part of the window.
   * @throws FlowError `rate_limited` with the time to wait
   */
  hit(address: string): void {
    const { limit, lookbackWindowMs } = this.#limit;
    const stepMs = lookbackWindowMs / limit;
    const now = this.#clock.monotonic();
    const network = networkOf(address);
    const known = this.#allowances.get(network);
    const left = known === undefined ? limit : known.left + (now - known.at) / stepMs;
    const next = { left: Math.min(limit, left), at: now };
    this.#allowances.set(network, next);
    if (next.left < 1) {
      const retryAfterMs = Math.max(1000, (1 - next.left) * stepMs);
      throw new FlowError('rate_limited', { retryAfterMs });
    }
    next.left -= 1;
  }
}
