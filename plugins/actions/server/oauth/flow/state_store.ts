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

/** Milliseconds a user has at the provider. */
export const STATE_LIFETIME_MS = 10 * 60_000;

/** A pending authorization. */
export interface PendingState extends OAuthStateAttributes {
  /** Hash of the state. Safe to show; identifies the flow in broadcasts. */
  readonly flowId: string;
}

/** Store of pending authorizations, one document each. Each state is used at most once. */
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
   * Profile uid of the user to whom the state was issued, consumed or not. `undefined`: it was
   * never issued, or has been removed.
   */
  async ownerOf(state: string): Promise<string | undefined> {
    const row = await this.#repository.getIfExists<OAuthStateAttributes>(
      OAUTH_STATE_TYPE,
      flowIdOf(state),
    );
    return row?.attributes.createdBy;
  }

  /**
   * Consumes the state atomically: of several callers one gets it, the others get `used`. Also
   * removes the verifier from the store.
   * @throws SavedObjectError `undecryptable` when the key or the row changed since the write; a
   * changed row is then deleted, because it can never be finished
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

  /**
   * `forbidden`: the state belongs to another user. An unknown or used state, or one of another
   * connector, is not changed and returns `not_found`.
   */
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

  /**
   * Removes expired states, used or not, and returns their number. One failed deletion does not
   * stop the others.
   */
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
   * @param ensureCurrent called after listing and before removing; throws when the deletion of the
   * space has ended
   */
  async removeOfSpace(spaceId: string, ensureCurrent: () => Promise<void>): Promise<number> {
    let removed = 0;
    const states = this.#repository.iterate<OAuthStateAttributes>({
      type: OAUTH_STATE_TYPE,
      filter: filter.equals('spaceId', spaceId),
    });
    for await (const batch of states) {
      await ensureCurrent();
      // A state consumed or cancelled at this moment is found by the next call if it still exists.
      for (const row of batch) if (await this.#delete(row)) removed += 1;
    }
    return removed;
  }

  /** `false`: the document was changed or deleted meanwhile. */
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

/** Identifier of a flow: a hash, because the holder of the state itself could finish the flow. */
export function flowIdOf(state: string): string {
  return createHash('sha256').update(state).digest('base64url');
}
