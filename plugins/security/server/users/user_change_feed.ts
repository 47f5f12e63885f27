import type { Logger } from '@latchkey/core/server';
import type { UserChange } from '../types.ts';

type Listener = (change: UserChange) => Promise<void>;

/** Tells other plugins, and our own sessions and keys, what changed with a person. */
export class UserChangeFeed {
  readonly #logger: Pick<Logger, 'error'>;
  readonly #listeners: Listener[] = [];

  constructor(logger: Pick<Logger, 'error'>) {
    this.#logger = logger;
  }

  subscribe(listener: Listener): void {
    this.#listeners.push(listener);
  }

  /** Resolves when every listener is done. A listener that fails is logged, and stops neither the others nor the caller. */
  async publish(change: UserChange): Promise<void> {
    const outcomes = await Promise.allSettled(
      // The async wrapper turns a listener that throws at once into a rejection like any other.
      this.#listeners.map(async (listener) => listener(change)),
    );
    for (const outcome of outcomes) {
      if (outcome.status === 'fulfilled') continue;
      this.#logger.error(`A listener failed on [${change.type}] of [${change.profileUid}].`, {
        error: outcome.reason,
      });
    }
  }
}
