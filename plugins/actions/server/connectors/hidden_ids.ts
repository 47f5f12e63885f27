import type { Principal } from '@latchkey/core/server';
import { ConnectorError } from './connector_error.ts';

/** Maximum number of ids of other spaces that one user may hit within {@link WINDOW_MS}. */
const LIMIT = 20;
const WINDOW_MS = 60 * 60_000;

/** Name of the count in this plugin's rate limiter. */
export const HIDDEN_IDS_LIMIT = { limit: LIMIT, lookbackWindowMs: WINDOW_MS } as const;

/** A rate limiter whose counts are in the store, shared by all processes. */
export interface HiddenIdCounter {
  /** @throws Error when the limit is reached; counts nothing */
  ensureBelow(profileUid: string): Promise<void>;
  /** @throws Error when the limit was reached before */
  hit(profileUid: string): Promise<void>;
}

/**
 * Connector ids are unique over all spaces, so a user who chooses an id may hit one that they
 * cannot see. A few hits are accidents. Many hits are an attempt to learn the ids of other spaces:
 * then the user can choose no id for a while, taken or not, so that the refusal reveals nothing
 * (attack 71).
 */
export class HiddenIds {
  readonly #counter: HiddenIdCounter;
  readonly #isRateLimit: (error: unknown) => boolean;

  constructor(counter: HiddenIdCounter, isRateLimit: (error: unknown) => boolean) {
    this.#counter = counter;
    this.#isRateLimit = isRateLimit;
  }

  /** Call it before an id is tried. @throws ConnectorError `too_many_taken_ids` */
  async ensureMayChoose(principal: Principal, id: string): Promise<void> {
    await this.#refusing(id, principal, (profileUid) => this.#counter.ensureBelow(profileUid));
  }

  /**
   * Call it after an id turned out to be taken in a space that the user cannot see. @throws
   * ConnectorError `too_many_taken_ids`
   */
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
        'You tried too many ids that are already taken. Leave the id out, or try again in an hour.',
        { cause: error },
      );
    }
  }
}
