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

/** Maximum time between the start of a flow and its callback, in milliseconds. */
export const STATE_LIFETIME_MS = 10 * 60_000;

/**
 * Time for which the outcome of an attempt can be read after the end of the attempt, in
 * milliseconds.
 */
export const OUTCOME_KEPT_MS = 60 * 60_000;

/**
 * Time after its expiry at which a state is removed, in milliseconds. This is more than {@link
 * OUTCOME_KEPT_MS}, because an attempt may end 15 minutes after its expiry, if the user has to
 * decide about an account.
 */
const REMOVED_AFTER_MS = OUTCOME_KEPT_MS + 30 * 60_000;

/**
 * Maximum number of open attempts of one user that are read. The rate limit keeps users far below
 * it.
 */
const MAX_OPEN = 100;

/** An authorization whose state the current request has consumed. */
export interface PendingState extends OAuthStateAttributes {
  /** Hash of the state. Not secret; identifies the flow in messages between pages. */
  readonly flowId: string;
  readonly generation: string;
}

/** An attempt whose state is not used yet. */
export interface OpenAttempt {
  readonly flowId: string;
  readonly expiresAt: Date;
}

/** Identifies an attempt by its state, which only its user knows, or by its flow id. */
export type AttemptName = { readonly state: string } | { readonly flowId: string };

/**
 * Stores authorization attempts, one document each. A state can be used only once. An attempt is
 * open until its state is used, it is cancelled, or it expires. An attempt whose state was used
 * ends with a stored outcome.
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
      // Visible to searches immediately, because the status of the user contains the attempt.
      { id: flowIdOf(state), visibleToSearch: true },
    );
    return { expiresAt };
  }

  /**
   * Reads the current document of an attempt, without its verifier. `undefined`: it is unknown, or
   * was removed.
   */
  async read(flowId: string): Promise<OAuthStateAttributes | undefined> {
    const row = await this.#repository.getIfExists<OAuthStateAttributes>(OAUTH_STATE_TYPE, flowId);
    return row?.attributes;
  }

  /** Returns the newest open attempt of a user for each connector of a space, by connector id. */
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
    // The search may return attempts that have just ended, so their documents are read.
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
   * Stores the outcome of a used attempt. A stored outcome is not overwritten, except for `held`,
   * which the user's decision replaces.
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
   * Returns the profile uid of the user to whom a state was issued, even if it is consumed.
   * `undefined`: the state was never issued, or was removed.
   */
  async ownerOf(state: string): Promise<string | undefined> {
    const row = await this.#repository.getIfExists<OAuthStateAttributes>(
      OAUTH_STATE_TYPE,
      flowIdOf(state),
    );
    return row?.attributes.createdBy;
  }

  /**
   * Consumes a state atomically: one of several callers gets it, the others get `used`. Removes the
   * verifier from the store.
   * @param generation of the grant that the caller will store
   * @throws SavedObjectError `undecryptable` when the key or the document has changed since the
   * state was written. A changed document is deleted, because its flow can never be finished
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
   * Cancels an open attempt, and stores the outcome `cancelled`. `forbidden`: the state belongs to
   * another user. `not_found`: the attempt is unknown, used, of another connector, or named by the
   * flow id of another user. The last case is not `forbidden`, because flow ids are not secret and
   * the result must not reveal that the attempt exists.
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

  /**
   * Deletes states whose outcome can no longer be read. Resolves to the number of deleted states.
   */
  deleteExpired(signal: AbortSignal): Promise<number> {
    return this.#repository.deleteMatching({
      type: OAUTH_STATE_TYPE,
      filter: filter.before('expiresAt', new Date(this.#now().getTime() - REMOVED_AFTER_MS)),
      signal,
    });
  }

  /**
   * Removes all states of a space that is being deleted, also consumed ones.
   * @param ensureCurrent called after each read and before removing; throws when this deletion of
   * the space has ended
   * @returns number of removed states
   */
  async removeOfSpace(spaceId: string, ensureCurrent: () => Promise<void>): Promise<number> {
    let removed = 0;
    const states = this.#repository.iterate<OAuthStateAttributes>({
      type: OAUTH_STATE_TYPE,
      filter: filter.equals('spaceId', spaceId),
    });
    for await (const batch of states) {
      await ensureCurrent();
      // A state that changes at this moment is not removed. The next call finds it if it still
      // exists.
      for (const row of batch) if (await this.#delete(row)) removed += 1;
    }
    return removed;
  }

  /** Counts all flows of a space, for the preview of its deletion. */
  async countOfSpace(spaceId: string): Promise<number> {
    const { total } = await this.#repository.find({
      type: OAUTH_STATE_TYPE,
      filter: filter.equals('spaceId', spaceId),
      perPage: 1,
    });
    return total;
  }

  /** Deletes a document. Returns `false` if it was changed or deleted since it was read. */
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

/**
 * Returns the id of a flow: the hash of its state. The state itself must stay secret, because its
 * holder could finish the flow.
 */
export function flowIdOf(state: string): string {
  return createHash('sha256').update(state).digest('base64url');
}
