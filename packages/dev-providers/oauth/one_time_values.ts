import { randomBytes } from 'node:crypto';

/**
 * Values such as codes, states and flows. Each is found by a random key, once, until it expires.
 */
export class OneTimeValues<T> {
  readonly #lifetimeMs: number;
  readonly #now: () => Date;
  readonly #newKey: () => string;
  readonly #entries = new Map<string, { readonly value: T; readonly expiresAtMs: number }>();

  /**
   * @param options `newKey`: returns the key of a value, by default 256 random bits; `lifetimeMs`:
   * milliseconds until a value expires
   */
  constructor(options: {
    readonly lifetimeMs: number;
    readonly now: () => Date;
    readonly newKey?: (() => string) | undefined;
  }) {
    this.#lifetimeMs = options.lifetimeMs;
    this.#now = options.now;
    this.#newKey = options.newKey ?? randomValue;
  }

  /** Stores a value and returns its key. */
  add(value: T): string {
    const key = this.#newKey();
    this.#entries.set(key, { value, expiresAtMs: this.#now().getTime() + this.#lifetimeMs });
    return key;
  }

  /** Returns a value and keeps it. `undefined`: the value is unknown, used or expired. */
  find(key: string): T | undefined {
    const nowMs = this.#now().getTime();
    for (const [other, { expiresAtMs }] of this.#entries) {
      // Entries are in the order of their expiry, so the first valid one ends the loop.
      if (expiresAtMs > nowMs) break;
      this.#entries.delete(other);
    }
    return this.#entries.get(key)?.value;
  }

  /** Returns a value and removes it. `undefined`: the value is unknown, used or expired. */
  take(key: string): T | undefined {
    const value = this.find(key);
    this.#entries.delete(key);
    return value;
  }
}

/** Returns an unguessable random value for states, codes and verifiers. */
export const randomValue = (): string => randomBytes(32).toString('base64url');
