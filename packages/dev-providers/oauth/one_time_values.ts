import { randomBytes } from 'node:crypto';

/** Values that are found by a random key, once, until they expire: codes, states, flows. */
export class OneTimeValues<T> {
  readonly #lifetimeMs: number;
  readonly #now: () => Date;
  readonly #newKey: () => string;
  readonly #entries = new Map<string, { readonly value: T; readonly expiresAtMs: number }>();

  /** @param options `newKey`: default 256 random bits; `lifetimeMs`: of every value */
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

  /** Reads a value and keeps it. `undefined`: unknown, used or expired. */
  find(key: string): T | undefined {
    const nowMs = this.#now().getTime();
    for (const [other, { expiresAtMs }] of this.#entries) {
      // Entries are in the order of their expiry.
      if (expiresAtMs > nowMs) break;
      this.#entries.delete(other);
    }
    return this.#entries.get(key)?.value;
  }

  /** Reads a value and removes it. `undefined`: unknown, used or expired. */
  take(key: string): T | undefined {
    const value = this.find(key);
    this.#entries.delete(key);
    return value;
  }
}

/** An unguessable random value for states, codes and verifiers. */
export const randomValue = (): string => randomBytes(32).toString('base64url');
