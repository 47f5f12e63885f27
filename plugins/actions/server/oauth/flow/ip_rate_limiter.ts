import { type Clock, createLruCache, networkOf } from '@latchkey/core/server';
import { FlowError } from './flow_error.ts';
import type { RateLimit } from './rate_limiter.ts';

/**
 * Maximum networks in memory, one or two megabytes. The network with the oldest request is removed
 * first.
 */
const MAX_NETWORKS = 10_000;

interface Allowance {
  /** Attempts left. */
  left: number;
  /** Monotonic time of the last update of `left`. */
  at: number;
}

/**
 * Limits requests to the callback by callers without a session, or with a state that was not issued
 * to them, per network and process. In memory, because an anonymous caller must not cause writes to
 * the store. Users who finish their own authorization are counted separately, so a neighbour or a
 * forged address cannot lock them out.
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
   * Allows `limit` attempts at once, then one more per `limit`th part of the window.
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
