import { createHash } from 'node:crypto';
import {
  filter,
  isSavedObjectError,
  needsAnotherKey,
  type SavedObject,
  type SavedObjectsRepository,
  unlessConflict,
} from '@latchkey/saved-objects';
import {
  OAUTH_STATE_TYPE,
  type OAuthStateAttributes,
  type StoredOutcome,
} from './oauth_state_type.ts';

/** Time in milliseconds between the start of a flow and its callback. */
export const STATE_LIFETIME_MS = 10 * 60_000;

/** Milliseconds for which the outcome of an attempt can be read after its end. */
export const OUTCOME_KEPT_MS = 60 * 60_000;

/**
 * Milliseconds after its expiry at which a state is removed. An attempt ends at most 15 minutes
 * after its expiry, when the user had to decide about an account.
 */
const REMOVED_AFTER_MS = OUTCOME_KEPT_MS + 30 * 60_000;

/** Maximum number of open attempts of one user that are read. The rate limit is far lower. */
const MAX_OPEN = 100;

/** An authorization whose state is used now. */
export interface PendingState extends OAuthStateAttributes {
  /** Hash of the state. Safe to show; identifies the flow in broadcasts. */
  readonly flowId: string;
  readonly generation: string;
}

/** An attempt of a user whose state was not used yet. */
export interface OpenAttempt {
  readonly flowId: string;
  readonly expiresAt: Date;
}

/** Names an attempt: by its state, which only its user has, or by its id. */
export type AttemptName = { readonly state: string } | { readonly flowId: string };

/**
 * Store of authorization attempts, one document each. Each state is used at most once. An attempt
 * is open until its state is used, it is cancelled, or it expires. A used attempt ends with an
 * outcome.
 */
export class StateStore {
  readonly #repository: SavedObjectsRepository;
  readonly #now: () => Date;

  constructor(repository: SavedObjectsRepository, now: () => Date) {
    this.#repository = repository;
    this.#now = now;
  }

  async create(
    state: string,
    attributes: Omit<
      OAuthStateAttributes,
      'createdAt' | 'expiresAt' | 'usedAt' | 'generation' | 'outcome'
    >,
  ): Promise<{ readonly expiresAt: Date }> {
    const now = this.#now();
    const expiresAt = new Date(now.getTime() + STATE_LIFETIME_MS);
    await this.#repository.create<OAuthStateAttributes>(
      OAUTH_STATE_TYPE,
      {
        ...attributes,
        createdAt: now.toISOString(),
        expiresAt: expiresAt.toISOString(),
      },
      // The status of the user shows the attempt at once.
      { id: flowIdOf(state), visibleToSearch: true },
    );
    return { expiresAt };
  }

  /** Reads an attempt without its verifier. Real-time. `undefined`: unknown, or removed. */
  async read(flowId: string): Promise<OAuthStateAttributes | undefined> {
    const row = await this.#repository.getIfExists<OAuthStateAttributes>(OAUTH_STATE_TYPE, flowId);
    return row?.attributes;
  }

  /** The newest open attempt of a user for each connector of a space, by connector id. */
  async openOf(profileUid: string, spaceId: string): Promise<ReadonlyMap<string, OpenAttempt>> {
    const { savedObjects } = await this.#repository.find<OAuthStateAttributes>({
      type: OAUTH_STATE_TYPE,
      filter: filter.and(
        filter.equals('createdBy', profileUid),
        filter.after('expiresAt', this.#now()),
      ),
      perPage: MAX_OPEN,
    });
    if (savedObjects.length === 0) return new Map();
    // A search may lag behind the end of an attempt.
    const rows = await this.#repository.bulkGet<OAuthStateAttributes>(
      savedObjects.map(({ id }) => ({ type: OAUTH_STATE_TYPE, id })),
    );
    const open = rows
      .filter((row) => row !== undefined)
      .filter(({ attributes }) => attributes.usedAt === undefined && attributes.spaceId === spaceId)
      .sort((a, b) => a.attributes.createdAt.localeCompare(b.attributes.createdAt));
    return new Map(
      open.map(({ id, attributes }) => [
        attributes.connectorId,
        { flowId: id, expiresAt: new Date(attributes.expiresAt) },
      ]),
    );
  }

  /**
   * Stores the outcome of a used attempt. The first outcome stays, except `held`, which the user's
   * decision replaces.
   * @throws SavedObjectError
   */
  async settle(flowId: string, outcome: Omit<StoredOutcome, 'at'>): Promise<void> {
    const at = this.#now().toISOString();
    await this.#repository.mutate<OAuthStateAttributes>(OAUTH_STATE_TYPE, flowId, (current) => {
      const before = current?.attributes.outcome;
      if (current === undefined || (before !== undefined && before.status !== 'held'))
        return 'skip';
      return { outcome: { ...outcome, at } };
    });
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
   * @param generation of the grant that the caller will store
   * @throws SavedObjectError `undecryptable` when the key or the row changed since the write; a
   * changed row is then deleted, because it can never be finished
   */
  async consume(state: string, generation: string): Promise<PendingState | 'unknown' | 'used'> {
    const flowId = flowIdOf(state);
    const row = await this.#readOrRemove(flowId);
    if (row === undefined) return 'unknown';
    if (row.attributes.usedAt !== undefined) return 'used';
    const consumed = await unlessConflict(() =>
      this.#repository.update<OAuthStateAttributes>(
        OAUTH_STATE_TYPE,
        flowId,
        { usedAt: this.#now().toISOString(), codeVerifier: undefined, generation },
        { version: row.version },
      ),
    );
    return consumed === undefined ? 'used' : { ...row.attributes, flowId, generation };
  }

  /**
   * Cancels an open attempt and keeps its outcome. `forbidden`: the state belongs to another user.
   * `not_found`: it is unknown, used or of another connector, or the flow id is of another user. A
   * flow id is not a secret, so it must not show whether the attempt exists.
   */
  async cancel(
    name: AttemptName,
    owner: { readonly profileUid: string; readonly connectorId: string },
  ): Promise<'cancelled' | 'not_found' | 'forbidden'> {
    const flowId = 'state' in name ? flowIdOf(name.state) : name.flowId;
    const row = await this.#repository.getIfExists<OAuthStateAttributes>(OAUTH_STATE_TYPE, flowId);
    if (row === undefined || row.attributes.usedAt !== undefined) return 'not_found';
    if (row.attributes.createdBy !== owner.profileUid)
      return 'state' in name ? 'forbidden' : 'not_found';
    if (row.attributes.connectorId !== owner.connectorId) return 'not_found';
    const now = this.#now();
    if (Date.parse(row.attributes.expiresAt) <= now.getTime()) return 'not_found';
    const at = now.toISOString();
    const cancelled = await unlessConflict(() =>
      this.#repository.update<OAuthStateAttributes>(
        OAUTH_STATE_TYPE,
        flowId,
        { usedAt: at, codeVerifier: undefined, outcome: { status: 'cancelled', at } },
        { version: row.version },
      ),
    );
    return cancelled === undefined ? 'not_found' : 'cancelled';
  }

  /** Deletes states whose outcome can no longer be read, used or not. Resolves to their number. */
  deleteExpired(signal: AbortSignal): Promise<number> {
    return this.#repository.deleteMatching({
      type: OAUTH_STATE_TYPE,
      filter: filter.before('expiresAt', new Date(this.#now().getTime() - REMOVED_AFTER_MS)),
      signal,
    });
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

  /** Counts unfinished and finished flows of a space, for the preview of its deletion. */
  async countOfSpace(spaceId: string): Promise<number> {
    const { total } = await this.#repository.find({
      type: OAUTH_STATE_TYPE,
      filter: filter.equals('spaceId', spaceId),
      perPage: 1,
    });
    return total;
  }

  /** Deletes a document. `false`: it was changed or deleted after it was read. */
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
