import { type Clock, durationMs } from '@latchkey/core/server';
import { SecurityError } from '../security_error.ts';

const DAY_MS = 24 * 60 * 60_000;
const LIFETIME = durationMs({ min: '1ms' });

/** Settings of the lifetimes of keys, in milliseconds. */
export interface KeyExpirySettings {
  /** Lifetime of a key whose request names none; `never`: no expiry. */
  readonly defaultExpiration: number | 'never';
  /**
   * Maximum lifetime that a request may name, unless `defaultExpiration` is longer; `never`: no
   * limit.
   */
  readonly maxExpiration: number | 'never';
}

/** Computes when keys expire. */
export class KeyExpiry {
  readonly #settings: KeyExpirySettings;
  readonly #clock: Pick<Clock, 'now'>;

  constructor(settings: KeyExpirySettings, clock: Pick<Clock, 'now'>) {
    this.#settings = settings;
    this.#clock = clock;
  }

  /** Expiry of a key whose request names none. `undefined`: it does not expire. */
  byDefault(): Date | undefined {
    const { defaultExpiration } = this.#settings;
    if (defaultExpiration === 'never') return undefined;
    return new Date(this.#clock.now() + defaultExpiration);
  }

  /**
   * Expiry that a request names, for example `30d`. `undefined`: the request names none.
   * @throws SecurityError `api_key_expiration_invalid`
   */
  requested(expiration: string | undefined): Date | undefined {
    if (expiration === undefined) return undefined;
    // In settings, a number without a unit means milliseconds. For a lifetime, it is refused as
    // ambiguous.
    const lifetimeMs = /[a-z]$/.test(expiration) ? LIFETIME.safeParse(expiration).data : undefined;
    const at = new Date(this.#clock.now() + (lifetimeMs ?? Number.NaN));
    if (lifetimeMs === undefined || Number.isNaN(at.getTime())) {
      throw new SecurityError(
        'api_key_expiration_invalid',
        'The expiration must be a duration greater than zero, for example 12h or 30d.',
      );
    }
    const maxMs = this.#maxLifetimeMs();
    if (lifetimeMs > maxMs) {
      const days = Math.floor(maxMs / DAY_MS);
      const longest = days > 0 ? `${days}d` : `${Math.floor(maxMs / 1000)}s`;
      throw new SecurityError(
        'api_key_expiration_invalid',
        `The expiration must not be longer than ${longest}, the limit of [xpack.security.apiKeys.maxExpiration].`,
      );
    }
    return at;
  }

  #maxLifetimeMs(): number {
    const { defaultExpiration, maxExpiration } = this.#settings;
    if (defaultExpiration === 'never' || maxExpiration === 'never') return Number.POSITIVE_INFINITY;
    return Math.max(defaultExpiration, maxExpiration);
  }
}
