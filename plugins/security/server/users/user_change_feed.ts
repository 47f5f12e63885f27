import type { Logger } from '@latchkey/core/server';
import type { UserChange } from '../types.ts';

type Listener = (change: UserChange) => Promise<void>;

/** Publishes changes of users to other plugins, and to the sessions and keys of this plugin. */
export class UserChangeFeed {
  readonly #logger: Pick<Logger, 'error'>;
  readonly #listeners: Listener[] = [];

  constructor(logger: Pick<Logger, 'error'>) {
    this.#logger = logger;
  }

  subscribe(listener: Listener): void {
    this.#listeners.push(listener);
  }

  /**
   * Publishes a change. Resolves when every listener has ended. If a listener fails, the failure is
   * logged, and the other listeners and the caller continue.
   */
  async publish(change: UserChange): Promise<void> {
    const outcomes = await Promise.allSettled(
      // The function is async so that a listener that throws synchronously causes a rejection.
      this.#listeners.map(async (listener) => listener(change)),
    );
    for (const outcome of outcomes) {
      if (outcome.status === 'fulfilled') continue;
      this.#logger.error(
        `A listener for the change [${change.type}] of user [${change.profileUid}] failed`,
        {
          error: outcome.reason,
        },
      );
    }
  }
}
