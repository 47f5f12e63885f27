import type { Clock, Logger } from '@latchkey/core/server';

/**
 * Runs revocations in the background until the server stops. Unfinished revocations remain in the
 * outbox.
 */
export class BackgroundRevocations {
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #running = new Set<Promise<unknown>>();
  readonly #stopping = new AbortController();

  constructor({ clock, logger }: { readonly clock: Clock; readonly logger: Logger }) {
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

  /**
   * Starts `revoke` as {@link run} does. Resolves when it is done or after `timeoutMs`; it
   * continues in the background then.
   */
  async runAtMost(
    timeoutMs: number,
    revoke: (signal: AbortSignal) => Promise<unknown>,
  ): Promise<void> {
    await this.#atMost(timeoutMs, this.run(revoke));
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
