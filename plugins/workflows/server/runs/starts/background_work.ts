import type { Logger } from '@latchkey/core/server';

/**
 * Runs work that no caller waits for. Failures are logged only, because a search repeats the work
 * later.
 */
export class BackgroundWork {
  readonly #logger: Logger;
  readonly #pending = new Set<Promise<void>>();

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /**
   * Starts work.
   * @param failure message of the log line if the work fails
   */
  start(failure: string, work: () => Promise<void>): void {
    const done = work()
      .catch((error: unknown) => this.#logger.warn(failure, { error }))
      .finally(() => this.#pending.delete(done));
    this.#pending.add(done);
  }

  /** Resolves when all work that was started has ended. */
  async idle(): Promise<void> {
    await Promise.all(this.#pending);
  }
}
