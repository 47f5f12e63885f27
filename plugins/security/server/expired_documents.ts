import type { Clock, Logger, Randomness } from '@latchkey/core/server';

/** Documents of one kind that expire. */
export interface ExpiringDocuments {
  /** Name for log lines, in the plural, such as `ended sessions`. */
  readonly what: string;
  /** Resolves to the number of deleted documents. */
  readonly deleteExpired: () => Promise<number>;
}

/** Collaborators and settings of {@link ExpiredDocuments}. */
export interface ExpiredDocumentsDeps {
  readonly kinds: readonly ExpiringDocuments[];
  readonly clock: Pick<Clock, 'sleep'>;
  readonly randomness: Pick<Randomness, 'fraction'>;
  readonly logger: Pick<Logger, 'debug' | 'warn'>;
  readonly intervalMs: number;
}

/**
 * Removes expired documents periodically. Every process does this, because a second removal is
 * harmless.
 */
export class ExpiredDocuments {
  readonly #deps: ExpiredDocumentsDeps;
  readonly #stopping = new AbortController();
  #running: Promise<void> = Promise.resolve();

  constructor(deps: ExpiredDocumentsDeps) {
    this.#deps = deps;
  }

  start(): void {
    this.#running = this.#run();
  }

  /** Stops. Resolves when a running removal has ended, so that the store may close. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    while (await this.#pause()) {
      for (const kind of this.#deps.kinds) await this.#delete(kind);
    }
  }

  async #delete({ what, deleteExpired }: ExpiringDocuments): Promise<void> {
    try {
      this.#deps.logger.debug(`Removed ${await deleteExpired()} ${what}`);
    } catch (error) {
      this.#deps.logger.warn(`Could not remove ${what}; they will be removed in the next run`, {
        error,
      });
    }
  }

  /** Waits until the next run. Resolves to `false` when {@link stop} was called. */
  async #pause(): Promise<boolean> {
    // Up to a fifth is added, so that processes that started together do not run at the same time.
    const ms = this.#deps.intervalMs * (1 + this.#deps.randomness.fraction() / 5);
    try {
      await this.#deps.clock.sleep(ms, this.#stopping.signal);
      return true;
    } catch {
      // The sleep ended early because `stop` has aborted its signal; there is no other reason.
      return false;
    }
  }
}
