import type { Lease, LeaseClock } from './lease.ts';

/**
 * Heartbeats per lifetime of a lease. Two of them can fail before other processes may take over the
 * lease.
 */
const HEARTBEATS_PER_LIFETIME = 3;

/** Options of a {@link Heartbeat}. */
export interface HeartbeatOptions<D, C> {
  readonly lease: Lease<D, C>;
  readonly clock: LeaseClock;
  /** Returns changes that each heartbeat writes together with the lease. Default: none. */
  readonly changesOf?: (document: D) => C;
  /**
   * Behaviour when no renewal succeeds for the lifetime of the lease, after which other
   * processes may take it over.
   * - `give_up`: the lease counts as lost before another process can take it over. For work that
   *   can be repeated but must not overlap.
   * - `carry_on`: the lease is lost only when another process holds it. For work that no other
   *   process can finish.
   */
  readonly onSilence: 'give_up' | 'carry_on';
}

/**
 * Renews a lease every third of its lifetime, until it is stopped or the lease is lost. After a
 * failed write, the next heartbeat tries again. All times are of the monotonic clock.
 */
export class Heartbeat<D, C> {
  readonly #lease: Lease<D, C>;
  readonly #clock: LeaseClock;
  readonly #changesOf: ((document: D) => C) | undefined;
  readonly #onSilence: HeartbeatOptions<D, C>['onSilence'];
  readonly #stopped = new AbortController();
  readonly #lost = new AbortController();
  readonly #running: Promise<void>;

  /** Starts immediately. The first write is after a third of the lifetime of the lease. */
  constructor({ lease, clock, changesOf, onSilence }: HeartbeatOptions<D, C>) {
    this.#lease = lease;
    this.#clock = clock;
    this.#changesOf = changesOf;
    this.#onSilence = onSilence;
    this.#running = this.#run();
  }

  /** Signal that aborts when the lease is lost, but not after {@link stop}. */
  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  /**
   * Stops the heartbeat without a change to the lease. Resolves when no write is pending. With
   * `give_up` it does not wait for a write that the store does not respond to.
   */
  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const intervalMs = this.#lease.ttlMs / HEARTBEATS_PER_LIFETIME;
    while (await this.#slept(intervalMs, this.#stopped.signal)) {
      const result = await this.#renew();
      if (this.#stopped.signal.aborted) return;
      const wasLastAttempt = this.#clock.monotonic() + intervalMs >= this.#expiresAtMs;
      const givesUp = this.#onSilence === 'give_up' && result === 'failed' && wasLastAttempt;
      if (result === 'lost' || givesUp) {
        this.#lost.abort();
        return;
      }
    }
  }

  /** Monotonic instant after which other processes may take over without a renewal. */
  get #expiresAtMs(): number {
    return this.#lease.renewedAtMs + this.#lease.ttlMs;
  }

  /** `failed`: the store reported an error or did not respond in time. The result is unknown. */
  async #renew(): Promise<'renewed' | 'lost' | 'failed'> {
    const responded = new AbortController();
    const renew = async () => {
      try {
        return (await this.#lease.renew(this.#changesOf)) ? 'renewed' : 'lost';
      } catch {
        // The error is not reported here: the work of the holder uses the same store and reports
        // it.
        return 'failed';
      } finally {
        responded.abort();
      }
    };
    if (this.#onSilence === 'carry_on') return renew();
    const timeoutMs = Math.max(0, this.#expiresAtMs - this.#clock.monotonic());
    const timeout = async () => {
      await this.#slept(timeoutMs, AbortSignal.any([responded.signal, this.#stopped.signal]));
      return 'failed' as const;
    };
    return Promise.race([renew(), timeout()]);
  }

  /** Sleeps for `ms` milliseconds. Resolves to `false` when the signal aborts first. */
  async #slept(ms: number, signal: AbortSignal): Promise<boolean> {
    try {
      await this.#clock.sleep(ms, signal);
      return !signal.aborted;
    } catch {
      return false;
    }
  }
}
