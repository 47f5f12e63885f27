import type { Clock, Logger } from '@latchkey/core/server';
import type { GrantKey } from '../grants/grant_key.ts';
import type { AttemptOutcome } from './revocation_attempt.ts';
import type { RevocationOutbox } from './revocation_outbox.ts';

/** Maximum wait of a user for the response of a provider, in milliseconds. */
const MAX_WAIT_MS = 3000;

/** Dependencies of {@link BackgroundRevocations}. */
export interface BackgroundRevocationsDeps {
  readonly outbox: Pick<RevocationOutbox, 'attempt'>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Runs revocations in the background until the server stops. Unfinished revocations remain in the
 * outbox.
 */
export class BackgroundRevocations {
  readonly #outbox: BackgroundRevocationsDeps['outbox'];
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #running = new Set<Promise<unknown>>();
  readonly #stopping = new AbortController();

  constructor({ outbox, clock, logger }: BackgroundRevocationsDeps) {
    this.#outbox = outbox;
    this.#clock = clock;
    this.#logger = logger;
  }

  /**
   * Starts `revoke`. It is aborted when the server stops. The promise never rejects: a failure is
   * logged.
   */
  run(revoke: (signal: AbortSignal) => Promise<unknown>): Promise<unknown> {
    const work = revoke(this.#stopping.signal)
      .catch((error) =>
        this.#logger.warn('A revocation failed and will be retried from the outbox', { error }),
      )
      .finally(() => this.#running.delete(work));
    this.#running.add(work);
    return work;
  }

  /** Starts an attempt to revoke the due grants of one user and connector. */
  attempt(key: GrantKey): void {
    this.run((signal) => this.#outbox.attempt(key, signal));
  }

  /**
   * Starts an attempt as {@link attempt} does, and waits for its outcome at most {@link
   * MAX_WAIT_MS}. `undefined`: it continues in the background, nothing was due, or it failed.
   * @param options as for {@link RevocationOutbox.attempt}
   */
  async attemptNow(
    key: GrantKey,
    options?: { readonly evenIfNotDue: boolean },
  ): Promise<AttemptOutcome | undefined> {
    let outcome: AttemptOutcome | undefined;
    const work = this.run(async (signal) => {
      outcome = await this.#outbox.attempt(key, signal, options);
    });
    await this.#atMost(MAX_WAIT_MS, work);
    return outcome;
  }

  /**
   * Waits for running revocations, at most `timeoutMs`, and then aborts them. Call it when the
   * server stops.
   */
  async drain(timeoutMs: number): Promise<void> {
    await this.#atMost(timeoutMs, Promise.allSettled([...this.#running]));
    this.#stopping.abort();
    await Promise.allSettled([...this.#running]);
  }

  async #atMost(timeoutMs: number, work: Promise<unknown>): Promise<void> {
    const done = new AbortController();
    const timeout = this.#clock.sleep(timeoutMs, done.signal).catch(() => undefined);
    await Promise.race([work, timeout]);
    done.abort();
  }
}
