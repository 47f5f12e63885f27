import type { Lease, LeaseClock } from './lease.ts';

/** Heartbeats in the life of a lease, so that two may fail before others take it over. */
const BEATS_PER_LIFE = 3;

/** Options of a {@link Heartbeat}. */
export interface HeartbeatOptions<D, C> {
  readonly lease: Lease<D, C>;
  readonly clock: LeaseClock;
  /** Changes that each heartbeat writes along. Default: none. */
  readonly changesOf?: (document: D) => C;
  /**
   * Behaviour when no heartbeat gets through for the life of the lease, so that others may take
   * over.
   * - `give_up`: the lease counts as lost, before anybody can have taken it over. For work that can
   *   be repeated and must not overlap.
   * - `carry_on`: only another holder ends the lease. For work that nobody else can finish.
   */
  readonly onSilence: 'give_up' | 'carry_on';
}

/**
 * Renews a lease every third of its life, until it is stopped or the lease is lost. A failed write is
 * repeated with the next heartbeat. All times are of the monotonic clock.
 */
export class Heartbeat<D, C> {
  readonly #lease: Lease<D, C>;
  readonly #clock: LeaseClock;
  readonly #changesOf: ((document: D) => C) | undefined;
  readonly #onSilence: HeartbeatOptions<D, C>['onSilence'];
  readonly #stopped = new AbortController();
  readonly #lost = new AbortController();
  readonly #running: Promise<void>;

  /** Starts at once; the first write is after a third of the life of the lease. */
  constructor({ lease, clock, changesOf, onSilence }: HeartbeatOptions<D, C>) {
    this.#lease = lease;
    this.#clock = clock;
    this.#changesOf = changesOf;
    this.#onSilence = onSilence;
    this.#running = this.#run();
  }

  /** Aborts when the lease is lost. Not after {@link stop}. */
  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  /**
   * Stops the heartbeat; the lease stays as it is. Resolves when no write is under way any more.
   * With `give_up` it does not wait for a write to which the store does not respond.
   */
  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const pauseMs = this.#lease.ttlMs / BEATS_PER_LIFE;
    while (await this.#slept(pauseMs, this.#stopped.signal)) {
      const beat = await this.#beat();
      if (this.#stopped.signal.aborted) return;
      const isLastChance = this.#clock.monotonic() + pauseMs >= this.#silentUntilMs;
      const isSilent = this.#onSilence === 'give_up' && beat === 'failed' && isLastChance;
      if (beat === 'lost' || isSilent) {
        this.#lost.abort();
        return;
      }
    }
  }

  /** Monotonic instant after which others may take over, as nothing was renewed. */
  get #silentUntilMs(): number {
    return this.#lease.renewedAtMs + this.#lease.ttlMs;
  }

  /** `failed`: the store did not respond in time or with an error, so nothing is known. */
  async #beat(): Promise<'renewed' | 'lost' | 'failed'> {
    const responded = new AbortController();
    const renew = async () => {
      try {
        return (await this.#lease.renew(this.#changesOf)) ? 'renewed' : 'lost';
      } catch {
        // The work under the lease uses the same store and reports its failure.
        return 'failed';
      } finally {
        responded.abort();
      }
    };
    if (this.#onSilence === 'carry_on') return renew();
    const timeoutMs = Math.max(0, this.#silentUntilMs - this.#clock.monotonic());
    const giveUp = async () => {
      await this.#slept(timeoutMs, AbortSignal.any([responded.signal, this.#stopped.signal]));
      return 'failed' as const;
    };
    return Promise.race([renew(), giveUp()]);
  }

  /** Resolves to `false` when the signal aborted first. */
  async #slept(ms: number, signal: AbortSignal): Promise<boolean> {
    try {
      await this.#clock.sleep(ms, signal);
      return !signal.aborted;
    } catch {
      return false;
    }
  }
}
