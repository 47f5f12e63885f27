import { createHash } from 'node:crypto';
import {
  filter,
  isSavedObjectError,
  needsAnotherKey,
  type SavedObject,
  type SavedObjectsRepository,
  unlessConflict,
} from '@latchkey/saved-objects';
import { OAUTH_STATE_TYPE, type OAuthStateAttributes } from './oauth_state_type.ts';

/** How long a person has at the provider. */
export const STATE_LIFETIME_MS = 10 * 60_000;

/** An authorization under way. */
export interface PendingState extends OAuthStateAttributes {
  /** Hash of the state; safe to show, names the flow in broadcasts. */
  readonly flowId: string;
}

/** Authorizations under way, one document each, used at most once. */
export class StateStore {
  readonly #repository: SavedObjectsRepository;
  readonly #now: () => Date;

  constructor(repository: SavedObjectsRepository, now: () => Date) {
    this.#repository = repository;
    this.#now = now;
  }

  async create(
    state: string,
    attributes: Omit<OAuthStateAttributes, 'createdAt' | 'expiresAt' | 'usedAt'>,
  ): Promise<void> {
    const now = this.#now();
    await this.#repository.create<OAuthStateAttributes>(
      OAUTH_STATE_TYPE,
      {
        ...attributes,
        createdAt: now.toISOString(),
        expiresAt: new Date(now.getTime() + STATE_LIFETIME_MS).toISOString(),
      },
      { id: flowIdOf(state) },
    );
  }

  /**
   * The user to whom the state was issued, consumed or not; `undefined`: it was never issued, or
   * has been removed.
   */
  async ownerOf(state: string): Promise<string | undefined> {
    const row = await this.#repository.getIfExists<OAuthStateAttributes>(
      OAUTH_STATE_TYPE,
      flowIdOf(state),
    );
    return row?.attributes.createdBy;
  }

  /**
   * Uses the state up, atomically and whatever comes after: of any number of callers one gets it, the others learn that it was used. The verifier
   * leaves the store with it.
   * @throws SavedObjectError `undecryptable` when key or row are not those it was written with; the row is gone then, because nobody can finish it
   */
  async consume(state: string): Promise<PendingState | 'unknown' | 'used'> {
    const flowId = flowIdOf(state);
    const row = await this.#readOrRemove(flowId);
    if (row === undefined) return 'unknown';
    if (row.attributes.usedAt !== undefined) return 'used';
    const consumed = await unlessConflict(() =>
      this.#repository.update<OAuthStateAttributes>(
        OAUTH_STATE_TYPE,
        flowId,
        { usedAt: this.#now().toISOString(), codeVerifier: undefined },
        { version: row.version },
      ),
    );
    return consumed === undefined ? 'used' : { ...row.attributes, flowId };
  }

  /** `forbidden`: somebody else's. An unknown, used or other connector's state is left alone and counts as `not_found`. */
  async cancel(
    state: string,
    owner: { readonly profileUid: string; readonly connectorId: string },
  ): Promise<'deleted' | 'not_found' | 'forbidden'> {
    const row = await this.#repository.getIfExists<OAuthStateAttributes>(
      OAUTH_STATE_TYPE,
      flowIdOf(state),
    );
    if (row === undefined || row.attributes.usedAt !== undefined) return 'not_found';
    if (row.attributes.createdBy !== owner.profileUid) return 'forbidden';
    if (row.attributes.connectorId !== owner.connectorId) return 'not_found';
    const isDeleted = await this.#delete(row);
    return isDeleted ? 'deleted' : 'not_found';
  }

  /** Removes what has timed out, used or not; resolves to how many. One failed deletion does not stop the others. */
  async cleanUp(signal: AbortSignal): Promise<number> {
    let removed = 0;
    const expired = this.#repository.iterate<OAuthStateAttributes>({
      type: OAUTH_STATE_TYPE,
      filter: filter.before('expiresAt', this.#now()),
    });
    for await (const batch of expired) {
      if (signal.aborted) break;
      const results = await Promise.allSettled(
        batch.map(({ id }) => this.#repository.delete(OAUTH_STATE_TYPE, id)),
      );
      removed += results.filter(({ status }) => status === 'fulfilled').length;
    }
    return removed;
  }

  /**
   * Removes the states of a space that is being deleted, consumed or not.
   * @param ensureCurrent called after they were listed and before they are removed; throws when the
   * deletion is over
   */
  async removeOfSpace(spaceId: string, ensureCurrent: () => Promise<void>): Promise<number> {
    let removed = 0;
    const states = this.#repository.iterate<OAuthStateAttributes>({
      type: OAUTH_STATE_TYPE,
      filter: filter.equals('spaceId', spaceId),
    });
    for await (const batch of states) {
      await ensureCurrent();
      // What was consumed or cancelled at this moment is found by the next call, if it still exists.
      for (const row of batch) if (await this.#delete(row)) removed += 1;
    }
    return removed;
  }

  /** `false`: another version is stored by now, or none. */
  async #delete({ id, version }: Pick<SavedObject, 'id' | 'version'>): Promise<boolean> {
    const deleted = await unlessConflict(async () => {
      await this.#repository.delete(OAUTH_STATE_TYPE, id, { version });
      return true;
    });
    return deleted === true;
  }

  async #readOrRemove(flowId: string): Promise<SavedObject<OAuthStateAttributes> | undefined> {
    try {
      return await this.#repository.getIfExists<OAuthStateAttributes>(OAUTH_STATE_TYPE, flowId, {
        decrypt: true,
      });
    } catch (error) {
      const isDamaged = isSavedObjectError(error, 'undecryptable');
      if (isDamaged && !needsAnotherKey(error))
        await this.#repository.delete(OAUTH_STATE_TYPE, flowId);
      throw error;
    }
  }
}

/** The name of a flow: a hash, because whoever holds the state itself could finish it. */
export function flowIdOf(state: string): string {
  return createHash('sha256').update(state).digest('base64url');
}
