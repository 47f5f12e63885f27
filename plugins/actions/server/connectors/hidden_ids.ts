import type { Principal } from '@latchkey/core/server';
import { ConnectorError } from './connector_error.ts';

/** Ids of other spaces that one user may meet within {@link WINDOW_MS}. */
const LIMIT = 20;
const WINDOW_MS = 60 * 60_000;

/** For the rate limiter of this plugin. */
export const HIDDEN_IDS_LIMIT = { limit: LIMIT, lookbackWindowMs: WINDOW_MS } as const;

/** Counts in the store, over all processes. */
export interface HiddenIdCounter {
  /** @throws Error when the limit is reached; counts nothing */
  ensureBelow(profileUid: string): Promise<void>;
  /** @throws Error when the limit was reached before */
  hit(profileUid: string): Promise<void>;
}

/**
 * Ids of connectors are unique over all spaces, so whoever chooses one may meet one that they cannot see. Some do by chance; who tries many
 * wants to know what others have, and then no id can be chosen for a while, taken or not: the refusal tells nothing (attack 71).
 */
export class HiddenIds {
  readonly #counter: HiddenIdCounter;
  readonly #isRateLimit: (error: unknown) => boolean;

  constructor(counter: HiddenIdCounter, isRateLimit: (error: unknown) => boolean) {
    this.#counter = counter;
    this.#isRateLimit = isRateLimit;
  }

  /** Before an id is tried. @throws ConnectorError `too_many_taken_ids` */
  async ensureMayChoose(principal: Principal, id: string): Promise<void> {
    await this.#refusing(id, principal, (profileUid) => this.#counter.ensureBelow(profileUid));
  }

  /** After an id turned out to be taken in a space that the user is not in. @throws ConnectorError `too_many_taken_ids` */
  async count(principal: Principal, id: string): Promise<void> {
    await this.#refusing(id, principal, (profileUid) => this.#counter.hit(profileUid));
  }

  async #refusing(
    id: string,
    { user }: Principal,
    ask: (profileUid: string) => Promise<void>,
  ): Promise<void> {
    if (user === undefined) return;
    try {
      await ask(user.profileUid);
    } catch (error) {
      if (!this.#isRateLimit(error)) throw error;
      throw new ConnectorError(
        'too_many_taken_ids',
        id,
        'Too many ids that are taken were tried. Leave the id out, or try again in an hour.',
        { cause: error },
      );
    }
  }
}
