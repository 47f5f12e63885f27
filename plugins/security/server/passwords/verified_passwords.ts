import { createHmac } from 'node:crypto';
import type { Clock, Randomness } from '@latchkey/core/server';
import { LRUCache } from 'lru-cache';

const LIFETIME_MS = 60_000;
const MAX_ENTRIES = 1000;

interface Verified {
  /** The hash this password was checked against; a changed password or a new user of that name has another one. */
  readonly passwordHash: string;
  /** Monotonic. */
  readonly expiresAt: number;
}

/**
 * Remembers for a minute which passwords were found right, so that HTTP Basic does not cost one scrypt per request. Holds
 * neither names nor passwords: the key is an HMAC under a key that only this process has, in memory.
 */
export class VerifiedPasswords {
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #key: Buffer;
  readonly #entries = new LRUCache<string, Verified>({ max: MAX_ENTRIES });

  constructor(options: {
    readonly clock: Pick<Clock, 'monotonic'>;
    readonly randomness: Pick<Randomness, 'bytes'>;
  }) {
    this.#clock = options.clock;
    this.#key = options.randomness.bytes(32);
  }

  /** Stands for one pair of name and password. */
  fingerprint(username: string, password: string): string {
    // The length in front keeps ('ab', 'c') and ('a', 'bc') apart.
    return createHmac('sha256', this.#key)
      .update(`${username.length}:${username}${password}`)
      .digest('base64');
  }

  /** Whether this pair was right within the last minute and the password was not changed since. */
  has(fingerprint: string, passwordHash: string): boolean {
    const entry = this.#entries.get(fingerprint);
    return entry?.passwordHash === passwordHash && this.#clock.monotonic() < entry.expiresAt;
  }

  remember(fingerprint: string, passwordHash: string): void {
    this.#entries.set(fingerprint, {
      passwordHash,
      expiresAt: this.#clock.monotonic() + LIFETIME_MS,
    });
  }
}
