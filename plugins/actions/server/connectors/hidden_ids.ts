import { KeyedQueue, type Principal } from '@latchkey/core/server';
import { ConnectorError } from '../connector_data/index.ts';

/** Maximum number of attempts of one user with ids of other spaces within {@link WINDOW_MS}. */
const LIMIT = 20;
const WINDOW_MS = 60 * 60_000;

/** Settings of the plugin's rate limiter for attempts with ids of other spaces. */
export const HIDDEN_IDS_LIMIT = { limit: LIMIT, lookbackWindowMs: WINDOW_MS } as const;

/** Rate limiter that counts in the store, so that all processes share the counts. */
export interface HiddenIdCounter {
  /**
   * Counts one attempt of a user.
   * @throws Error when the limit is reached; this attempt is then not counted
   */
  hit(profileUid: string): Promise<void>;
  /** Subtracts one attempt that {@link hit} has counted. */
  undo(profileUid: string): Promise<void>;
}

/**
 * Limits how many ids of other spaces a user can discover by creating connectors. Connector ids are
 * unique over all spaces, so a chosen id may be refused because another space has it. A few such
 * refusals happen by accident; many are an attempt to learn the ids of other spaces. After too
 * many, the user may choose no id at all for a while, so that the refusal reveals nothing (F71).
 * Each attempt is counted before it is made, and the count is subtracted again unless the id
 * belongs to another space. Simultaneous requests therefore reveal no more ids than sequential
 * ones.
 */
export class HiddenIds {
  readonly #counter: HiddenIdCounter;
  readonly #isRateLimit: (error: unknown) => boolean;
  /**
   * Executes the attempts of each user one after the other. Otherwise attempts with free ids, which
   * are counted for a moment, could reach the limit.
   */
  readonly #queue = new KeyedQueue();

  constructor(counter: HiddenIdCounter, isRateLimit: (error: unknown) => boolean) {
    this.#counter = counter;
    this.#isRateLimit = isRateLimit;
  }

  /**
   * Calls `create`, which stores a connector with an id that the user chose.
   * @param isHidden returns `true` if `create` failed because another space has the id
   * @throws ConnectorError `too_many_taken_ids`, and the errors of `create`
   */
  async choose<T>(
    { principal, id }: { readonly principal: Principal; readonly id: string },
    create: () => Promise<T>,
    isHidden: (error: unknown) => Promise<boolean>,
  ): Promise<T> {
    const profileUid = principal.user?.profileUid;
    if (profileUid === undefined) return create();
    return this.#queue.run(profileUid, () => this.#counted({ profileUid, id }, create, isHidden));
  }

  async #counted<T>(
    { profileUid, id }: { readonly profileUid: string; readonly id: string },
    create: () => Promise<T>,
    isHidden: (error: unknown) => Promise<boolean>,
  ): Promise<T> {
    await this.#count(profileUid, id);
    let keepsCount = false;
    try {
      return await create();
    } catch (error) {
      // Keeps the count if an error prevents finding out why `create` failed.
      keepsCount = await isHidden(error).catch(() => true);
      throw error;
    } finally {
      // If subtracting fails, the count ends with the window.
      if (!keepsCount) await this.#counter.undo(profileUid).catch(() => undefined);
    }
  }

  async #count(profileUid: string, id: string): Promise<void> {
    try {
      await this.#counter.hit(profileUid);
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
