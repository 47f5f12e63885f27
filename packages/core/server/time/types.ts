/**
 * Source of time. Injected everywhere, so that every branch that depends on time has a
 * deterministic test, and so that a jump of the wall clock cannot break a lease.
 */
export interface Clock {
  /** The wall clock, in milliseconds since the epoch. May jump in either direction. */
  now(): number;
  /**
   * Milliseconds since an arbitrary start. The value never decreases. Use it for deadlines and
   * leases.
   */
  monotonic(): number;
  /**
   * Resolves after `ms` milliseconds.
   * @throws the signal's reason when `signal` aborts first
   */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** Source of randomness. Injected for the same reason as {@link Clock}. */
export interface Randomness {
  /** Cryptographically strong random bytes. */
  bytes(length: number): Buffer;
  /** A random version 4 UUID. */
  uuid(): string;
  /** A number in [0, 1), for jitter only. */
  fraction(): number;
}
