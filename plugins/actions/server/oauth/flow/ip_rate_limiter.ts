import { type Clock, networkOf } from '@latchkey/core/server';
import { FlowError } from './flow_error.ts';
import type { RateLimit } from './rate_limiter.ts';

/** Networks remembered at once; those longest unheard of are forgotten first. A megabyte or two. */
const MAX_NETWORKS = 10_000;

interface Allowance {
  /** Attempts left. */
  left: number;
  /** Monotonic instant at which `left` was true. */
  at: number;
}

/**
 * Limits requests to the callback by callers without a session, or with a state that was not issued
 * to them, per network and process. In memory on purpose: a stranger must not be able to make the
 * store write. Users who finish their own authorization have a count of their own, so neither a
 * neighbour nor a forged address can lock them out.
 */
export class IpRateLimiter {
  readonly #limit: RateLimit;
  readonly #clock: Pick<Clock, 'monotonic'>;
  /** In the order in which they were last heard of. */
  readonly #allowances = new Map<string, Allowance>();

  constructor(limit: RateLimit, clock: Pick<Clock, 'monotonic'>) {
    this.#limit = limit;
    this.#clock = clock;
  }

  /** Networks remembered now. */
  get size(): number {
    return this.#allowances.size;
  }

  /** `limit` attempts at once, then one more in every `limit`th part of the window. @throws FlowError `rate_limited` with the time to wait */
  hit(address: string): void {
    const { limit, lookbackWindowMs } = this.#limit;
    const stepMs = lookbackWindowMs / limit;
    const now = this.#clock.monotonic();
    const network = networkOf(address);
    const known = this.#allowances.get(network);
    const left = known === undefined ? limit : known.left + (now - known.at) / stepMs;
    const next = { left: Math.min(limit, left), at: now };
    // Moves it to the end of the order.
    this.#allowances.delete(network);
    this.#allowances.set(network, next);
    if (this.#allowances.size > MAX_NETWORKS) this.#forgetOldest();
    if (next.left < 1) {
      const retryAfterMs = Math.max(1000, (1 - next.left) * stepMs);
      throw new FlowError('rate_limited', { retryAfterMs });
    }
    next.left -= 1;
  }

  #forgetOldest(): void {
    for (const [oldest] of this.#allowances) {
      this.#allowances.delete(oldest);
      return;
    }
  }
}
