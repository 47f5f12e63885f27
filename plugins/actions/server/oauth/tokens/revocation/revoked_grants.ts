import type { Clock } from '@latchkey/core/server';
import { CONFLICT, needsAnotherKey, retryConflicts } from '@latchkey/saved-objects';
import type { GrantKey } from '../grants/grant_key.ts';
import {
  type GrantRecord,
  isRevokedByEdit,
  isUsable,
  REVOCATION_UNSUPPORTED,
  unrevokedError,
  withUnrevoked,
} from '../grants/grant_record.ts';
import type { GrantStore } from '../grants/grant_store.ts';
import { GRANT_RETRIES } from '../grants/token_errors.ts';
import { type ClientResolver, isSameClient } from './client_resolver.ts';
import type { RevocationEntry } from './revocation_entries.ts';
import type { RecordedResult } from './revocation_results.ts';
import type { RevocableGrant } from './revocation_type.ts';
import { planAdded, revocationEndsBoth } from './superseded_grants.ts';

/**
 * Age of an entry at which a grant that is still usable means that its disconnect was never
 * completed, in milliseconds.
 */
const ORPHAN_AFTER_MS = 5 * 60_000;
const MAX_ATTEMPTS = 5;
/** Retry limit for conflicts. After too many conflicts, the document stays unchanged. */
const UNTIL_LATER = { attempts: MAX_ATTEMPTS, contended: () => undefined };

/** Reads and updates the documents of grants whose tokens wait in the outbox. */
export class RevokedGrants {
  readonly #store: GrantStore;
  readonly #clientResolver: Pick<ClientResolver, 'resolve'>;
  readonly #clock: Clock;

  constructor(store: GrantStore, clientResolver: Pick<ClientResolver, 'resolve'>, clock: Clock) {
    this.#store = store;
    this.#clientResolver = clientResolver;
    this.#clock = clock;
  }

  /**
   * Returns the grants of the entry that have ended here. The others must not be revoked, because
   * their disconnect is not completed. `isDisconnectAbandoned`: it never will be completed, so only
   * the ended grants may stay in the entry.
   */
  async endedGrantsOf(
    key: GrantKey,
    { attributes: { pending, grantGeneration, createdAt } }: RevocationEntry,
  ): Promise<{
    readonly ended: readonly RevocableGrant[];
    readonly isDisconnectAbandoned: boolean;
  }> {
    const grant = await this.#store.readUnlessCorrupt(key);
    if (grant === undefined || !isUsable(grant))
      return { ended: pending, isDisconnectAbandoned: false };
    const inUse = [grant.generation, grant.held?.generation];
    const ended = pending.filter(
      ({ generation }) => !inUse.includes(generation ?? grantGeneration),
    );
    // Waits while a held grant has the same account, because revoking an older grant might end the
    // held one.
    const revocable = ended.filter(
      ({ accountId }) => accountId === undefined || accountId !== grant.held?.account?.id,
    );
    const isOld = this.#clock.now() - Date.parse(createdAt) > ORPHAN_AFTER_MS;
    if (ended.length === pending.length || !isOld)
      return { ended: revocable, isDisconnectAbandoned: false };
    // A paused process may still complete the disconnect. The changed version makes its write fail,
    // so that it puts the tokens into the outbox again.
    const isDisconnectAbandoned = (await this.#store.compareAndSet(grant, {})) !== undefined;
    return { ended: isDisconnectAbandoned ? ended : revocable, isDisconnectAbandoned };
  }

  /**
   * Moves pending tokens to the usable grant if revoking them would end it. They are kept with that
   * grant and revoked when it ends. `false`: the tokens must be revoked, even if the user has
   * authorized again.
   * @throws SavedObjectError `store_unavailable` when this server lacks the key of the client of
   * the usable grant, and revoking the tokens might end that grant
   */
  async leaveToSuccessor(key: GrantKey, waiting: RevocableGrant): Promise<boolean> {
    return retryConflicts(
      async () => {
        const current = await this.#store.readUnlessCorrupt(key);
        if (current === undefined || !isUsable(current)) return false;
        const client = await this.#clientResolver.resolve(current).catch((error) => {
          const { configuration } = waiting;
          const same = { fingerprint: current.clientFingerprint, configuration };
          const successor = { client: same, accountId: current.account?.id };
          if (!needsAnotherKey(error) || revocationEndsBoth(waiting, successor)) throw error;
          return undefined;
        });
        if (client === undefined || !isSameClient(waiting.configuration, client.configuration))
          return false;
        if (!revocationEndsBoth(waiting, { client, accountId: current.account?.id })) return false;
        const { accountId, tokens } = waiting;
        const { kept, revokedNow } = planAdded(current, { accountId, tokens }, client);
        // The usable grant has no room for all tokens. They are dropped, because their provider
        // ends them together with the usable grant.
        if (revokedNow.length > 0) return true;
        const isKept = await this.#store.compareAndSet(current, { supersededGrants: kept });
        return isKept === undefined ? CONFLICT : true;
      },
      { ...GRANT_RETRIES, attempts: MAX_ATTEMPTS },
    );
  }

  /**
   * Deletes the document of a grant whose revocation is finished, unless a newer grant is stored or
   * the document has a message for the user.
   */
  async close(key: GrantKey, generation: string, result: RecordedResult): Promise<void> {
    await retryConflicts(async () => {
      const grant = await this.#store.readUnlessCorrupt(key);
      if (grant === undefined) return undefined;
      const now = new Date(this.#clock.now());
      const isRecorded =
        grant.generation === generation && grant.lastError?.code === REVOCATION_UNSUPPORTED;
      const added = result === 'unsupported' && !isRecorded ? 1 : 0;
      if (grant.state !== 'revocation_pending' || grant.generation !== generation)
        return this.#addUnrevoked(grant, added);
      const isKept = isRevokedByEdit(grant) || (result === 'revoked' && isRevocationFailure(grant));
      const ownError =
        result === 'revoked'
          ? unrevokedError(grant, now.getTime())
          : { code: `revocation_${result}`, at: now };
      const lastError = isKept ? grant.lastError : ownError;
      const closed =
        lastError === undefined
          ? await this.#store.delete(grant)
          : await this.#store.compareAndSet(grant, {
              state: 'ended',
              stateSince: now,
              lastError,
              ...withUnrevoked(grant, added, now),
            });
      return closed ? undefined : CONFLICT;
    }, UNTIL_LATER);
  }

  /** Counts the result in the newer grant, which replaced the grant before its result was known. */
  async #addUnrevoked(grant: GrantRecord, added: number): Promise<typeof CONFLICT | undefined> {
    const changes = withUnrevoked(grant, added, new Date(this.#clock.now()));
    if (changes.unrevoked === undefined) return undefined;
    return (await this.#store.compareAndSet(grant, changes)) ? undefined : CONFLICT;
  }

  /**
   * Records that some tokens of a grant could not be revoked while others wait. The failure is
   * reported immediately, and again with the final result.
   */
  async recordResult(key: GrantKey, generation: string, result: RecordedResult): Promise<void> {
    if (result === 'revoked') return;
    await retryConflicts(async () => {
      const grant = await this.#store.readUnlessCorrupt(key);
      if (grant?.state !== 'revocation_pending' || grant.generation !== generation)
        return undefined;
      if (isRevokedByEdit(grant) || isRevocationFailure(grant)) return undefined;
      const at = new Date(this.#clock.now());
      const changes = {
        lastError: { code: `revocation_${result}`, at },
        ...withUnrevoked(grant, result === 'unsupported' ? 1 : 0, at),
      };
      return (await this.#store.compareAndSet(grant, changes)) ? undefined : CONFLICT;
    }, UNTIL_LATER);
  }
}

function isRevocationFailure({ lastError }: GrantRecord): boolean {
  return lastError?.code.startsWith('revocation_') === true;
}
