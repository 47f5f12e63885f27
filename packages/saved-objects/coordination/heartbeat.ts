import type { Lease, LeaseClock } from './lease.ts';

/** Beats in the life of a lease, so that two may fail before others take it over. */
const BEATS_PER_LIFE = 3;

/** What {@link Heartbeat} needs. */
export interface HeartbeatOptions<D, C> {
  readonly lease: Lease<D, C>;
  readonly clock: LeaseClock;
  /** What each beat writes along. Default: nothing. */
  readonly changesOf?: (document: D) => C;
  /**
   * What happens when no beat gets through for the life of the lease, so that others may take over.
   * - `give_up`: the lease counts as lost, before anybody can have taken it over. For work that can
   *   be repeated and must not overlap.
   * - `carry_on`: only another holder ends the lease. For work that nobody else can finish.
   */
  readonly onSilence: 'give_up' | 'carry_on';
}

/**
 * Renews a lease every third of its life, until it is stopped or the lease is lost. A store that
 * cannot be reached is asked again with the next beat. All times are of the monotonic clock.
 */
export class Heartbeat<D, C> {
  readonly #lease: Lease<D, C>;
  readonly #clock: LeaseClock;
  readonly #changesOf: ((document: D) => C) | undefined;
  readonly #onSilence: HeartbeatOptions<D, C>['onSilence'];
  readonly #stopped = new AbortController();
  readonly #lost = new AbortController();
  readonly #running: Promise<void>;

  /** Begins to beat. */
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
   * Stops beating; the lease stays as it is. Resolves when no beat is under way any more. With
   * `give_up` a beat that a store does not answer is not waited for.
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

  /** `failed`: the store did not answer, or not in time, so nothing is known. */
  async #beat(): Promise<'renewed' | 'lost' | 'failed'> {
    const responded = new AbortController();
    const renew = async () => {
      try {
        return (await this.#lease.renew(this.#changesOf)) ? 'renewed' : 'lost';
      } catch {
        // Whoever works under the lease meets the same store and reports it.
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
