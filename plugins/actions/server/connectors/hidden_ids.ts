import { KeyedQueue, type Principal } from '@latchkey/core/server';
import { ConnectorError } from '../connector_data/index.ts';

/** Maximum number of ids of other spaces that one user may hit within {@link WINDOW_MS}. */
const LIMIT = 20;
const WINDOW_MS = 60 * 60_000;

/** Limit for this counter in the plugin's rate limiter. */
export const HIDDEN_IDS_LIMIT = { limit: LIMIT, lookbackWindowMs: WINDOW_MS } as const;

/** A rate limiter whose counts are in the store, shared by all processes. */
export interface HiddenIdCounter {
  /**
   * Counts one attempt of a user.
   * @throws Error when the limit is reached; the hit is then not counted
   */
  hit(profileUid: string): Promise<void>;
  /** Undoes one {@link hit}. */
  undo(profileUid: string): Promise<void>;
}

/**
 * Connector ids are unique over all spaces, so a user who chooses an id may hit one of another
 * space. A few hits are accidents. Many hits are an attempt to learn the ids of other spaces: then
 * the user can choose no id for a while, taken or free, so that the refusal reveals nothing (F71).
 * Each id is counted before it is tried, and the count is undone unless the id is hidden. So
 * parallel requests reveal no more than requests in sequence.
 */
export class HiddenIds {
  readonly #counter: HiddenIdCounter;
  readonly #isRateLimit: (error: unknown) => boolean;
  /** Serializes the attempts of each user, so that no free id is refused. */
  readonly #queue = new KeyedQueue();

  constructor(counter: HiddenIdCounter, isRateLimit: (error: unknown) => boolean) {
    this.#counter = counter;
    this.#isRateLimit = isRateLimit;
  }

  /**
   * Runs `create`, which stores a connector under an id that the user chose.
   * @param isHidden resolves to `true` if `create` failed because the id is taken in another space
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
      // Keeps the count if that cannot be determined.
      keepsCount = await isHidden(error).catch(() => true);
      throw error;
    } finally {
      // A count that cannot be undone expires after the window.
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
