import type { Clock, Logger } from '@latchkey/core/server';

/** Revocations that run beside their callers until the server stops; what they leave undone is in the outbox. */
export class BackgroundRevocations {
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #running = new Set<Promise<unknown>>();
  readonly #stopping = new AbortController();

  constructor({ clock, logger }: { readonly clock: Clock; readonly logger: Logger }) {
    this.#clock = clock;
    this.#logger = logger;
  }

  /** Starts `revoke`, which is aborted when the server stops. The promise never rejects: a failure is logged. */
  run(revoke: (signal: AbortSignal) => Promise<unknown>): Promise<unknown> {
    const work = revoke(this.#stopping.signal)
      .catch((error) => this.#logger.warn('Revocation will be tried again later', { error }))
      .finally(() => this.#running.delete(work));
    this.#running.add(work);
    return work;
  }

  /** As {@link run}, and resolves when it is done or after `timeoutMs`; it goes on then. */
  async runAtMost(
    timeoutMs: number,
    revoke: (signal: AbortSignal) => Promise<unknown>,
  ): Promise<void> {
    await this.#atMost(timeoutMs, this.run(revoke));
  }

  /** Waits for what runs, at most `timeoutMs`, then aborts it, for an orderly stop. */
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
