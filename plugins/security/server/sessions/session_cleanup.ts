import type { Clock, Logger, Randomness } from '@latchkey/core/server';
import type { SessionService } from './session_service.ts';

export interface SessionCleanupDeps {
  readonly sessions: Pick<SessionService, 'removeEnded'>;
  readonly clock: Pick<Clock, 'sleep'>;
  readonly randomness: Pick<Randomness, 'fraction'>;
  readonly logger: Pick<Logger, 'debug' | 'warn'>;
  readonly intervalMs: number;
}

/** Removes ended sessions now and then. Every process may do so; removing twice is harmless. */
export class SessionCleanup {
  readonly #deps: SessionCleanupDeps;
  readonly #stopping = new AbortController();
  #running: Promise<void> = Promise.resolve();

  constructor(deps: SessionCleanupDeps) {
    this.#deps = deps;
  }

  start(): void {
    this.#running = this.#run();
  }

  /** Resolves when a removal under way has ended, so that the store may close. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    while (await this.#pause()) {
      try {
        const removed = await this.#deps.sessions.removeEnded();
        this.#deps.logger.debug(`Removed ${removed} ended sessions.`);
      } catch (error) {
        this.#deps.logger.warn('Could not remove ended sessions; will try again.', { error });
      }
    }
  }

  /** Resolves to `false` when it is time to stop. */
  async #pause(): Promise<boolean> {
    // Up to a fifth longer, so that processes started together drift apart.
    const ms = this.#deps.intervalMs * (1 + this.#deps.randomness.fraction() / 5);
    try {
      await this.#deps.clock.sleep(ms, this.#stopping.signal);
      return true;
    } catch {
      // The only reason a sleep ends early is our own signal.
      return false;
    }
  }
}
