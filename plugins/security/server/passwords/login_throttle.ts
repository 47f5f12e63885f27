import { createHash } from 'node:crypto';
import type { Clock } from '@latchkey/core/server';
import { LRUCache } from 'lru-cache';
import { SecurityError } from '../security_error.ts';
import { networkOf } from './network_of.ts';

const MAX_ENTRIES = 10_000;

interface Attempts {
  failures: number;
  /** Checks under way. They count as failures until they end, so that parallel guesses gain nothing. */
  pending: number;
  /** Monotonic. */
  lastFailureAt: number;
}

/** One login under way; exactly one of its methods is called when it ends. */
export interface LoginAttempt {
  succeeded(): void;
  failed(): void;
  /** Ended without an answer, for example because the store was away. */
  abandoned(): void;
}

export interface LoginThrottleOptions {
  readonly clock: Pick<Clock, 'monotonic'>;
  readonly maxFailures: number;
  readonly windowMs: number;
}

/**
 * Slows down guessing of one person's password from one address. Neither an address nor a name alone is limited: one
 * would lock out an office behind one address, the other would let anybody lock out anybody.
 */
export class LoginThrottle {
  readonly #options: LoginThrottleOptions;
  readonly #table = new LRUCache<string, Attempts>({ max: MAX_ENTRIES });

  constructor(options: LoginThrottleOptions) {
    this.#options = options;
  }

  /** @throws SecurityError `login_throttled` with the seconds to wait */
  check(username: string, address: string): void {
    const attempts = this.#current(keyOf(username, address));
    if (attempts !== undefined) this.#refuseTooMany(attempts, attempts.failures);
  }

  /** @throws SecurityError `login_throttled` with the seconds to wait */
  begin(username: string, address: string): LoginAttempt {
    const key = keyOf(username, address);
    const attempts = this.#current(key) ?? { failures: 0, pending: 0, lastFailureAt: 0 };
    this.#refuseTooMany(attempts, attempts.failures + attempts.pending);
    attempts.pending += 1;
    this.#table.set(key, attempts);
    return {
      succeeded: () => {
        attempts.pending -= 1;
        attempts.failures = 0;
        if (attempts.pending === 0) this.#table.delete(key);
      },
      failed: () => {
        attempts.pending -= 1;
        attempts.failures += 1;
        attempts.lastFailureAt = this.#options.clock.monotonic();
        this.#table.set(key, attempts);
      },
      abandoned: () => {
        attempts.pending -= 1;
      },
    };
  }

  #current(key: string): Attempts | undefined {
    const attempts = this.#table.get(key);
    if (attempts !== undefined && attempts.failures > 0 && this.#waitMs(attempts) <= 0) {
      attempts.failures = 0;
    }
    return attempts;
  }

  #refuseTooMany(attempts: Attempts, count: number): void {
    if (count < this.#options.maxFailures) return;
    const exhausted = attempts.failures >= this.#options.maxFailures;
    const waitMs = exhausted ? this.#waitMs(attempts) : 1000;
    throw new SecurityError('login_throttled', 'Too many failed logins. Try again later.', {
      retryAfterSeconds: Math.ceil(waitMs / 1000),
    });
  }

  #waitMs(attempts: Attempts): number {
    return attempts.lastFailureAt + this.#options.windowMs - this.#options.clock.monotonic();
  }
}

function keyOf(username: string, address: string): string {
  return createHash('sha256')
    .update(`${networkOf(address)}\0${username}`)
    .digest('base64');
}
