import { createHmac } from 'node:crypto';
import { type Clock, createLruCache, type Randomness } from '@latchkey/core/server';

const LIFETIME_MS = 60_000;
const MAX_ENTRIES = 1000;

interface Verified {
  /**
   * Hash with which the password was verified. It differs after a change of the password, and for a
   * new user with the same name.
   */
  readonly passwordHash: string;
  /** Milliseconds of the monotonic clock. */
  readonly expiresAt: number;
}

/**
 * Caches verified passwords for a minute, so that HTTP Basic does not cost one scrypt per request.
 * The cache contains neither names nor passwords: its keys are HMACs with a key that exists only in
 * the memory of this process.
 */
export class VerifiedPasswords {
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #key: Buffer;
  readonly #entries = createLruCache<string, Verified>(MAX_ENTRIES);

  constructor(options: {
    readonly clock: Pick<Clock, 'monotonic'>;
    readonly randomness: Pick<Randomness, 'bytes'>;
  }) {
    this.#clock = options.clock;
    this.#key = options.randomness.bytes(32);
  }

  /** Cache key of one pair of name and password. */
  fingerprint(username: string, password: string): string {
    // The length of the name distinguishes ('ab', 'c') from ('a', 'bc').
    return createHmac('sha256', this.#key)
      .update(`${username.length}:${username}${password}`)
      .digest('base64');
  }

  /** `true` if this pair was verified within the last minute and the password has not changed. */
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
