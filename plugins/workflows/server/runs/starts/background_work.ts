import type { Logger } from '@latchkey/core/server';

/** Work after a change of a run, for which nobody waits. A search repeats what has failed. */
export class BackgroundWork {
  readonly #logger: Logger;
  readonly #pending = new Set<Promise<void>>();

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** @param failure message of the log line if the work fails */
  start(failure: string, work: () => Promise<void>): void {
    const done = work()
      .catch((error: unknown) => this.#logger.warn(failure, { error }))
      .finally(() => this.#pending.delete(done));
    this.#pending.add(done);
  }

  /** Resolves when the work that was started has ended. */
  async idle(): Promise<void> {
    await Promise.all(this.#pending);
  }
}
