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
 * Tokens whose grant is still in use after this time belong to a disconnect that never finished.
 */
const ORPHAN_AFTER_MS = 5 * 60_000;
const MAX_ATTEMPTS = 5;
/** Retries of a conflict. After too many of them the document stays unchanged. */
const UNTIL_LATER = { attempts: MAX_ATTEMPTS, contended: () => undefined };

/** Reads and updates the documents of the grants whose tokens wait in the outbox. */
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
   * Grants of the entry that no longer work here. The others must not be revoked, because their
   * disconnect did not complete. `isFinished`: it never will complete; keep only `stopped` in the
   * entry.
   */
  async stoppedGrantsOf(
    key: GrantKey,
    { attributes: { pending, grantGeneration, createdAt } }: RevocationEntry,
  ): Promise<{ readonly stopped: readonly RevocableGrant[]; readonly isFinished: boolean }> {
    const grant = await this.#store.readUnlessCorrupt(key);
    if (grant === undefined || !isUsable(grant)) return { stopped: pending, isFinished: false };
    const inUse = [grant.generation, grant.held?.generation];
    const stopped = pending.filter(
      ({ generation }) => !inUse.includes(generation ?? grantGeneration),
    );
    // While a grant of the same account waits for the user's decision, revoking an older grant
    // might end both.
    const due = stopped.filter(
      ({ accountId }) => accountId === undefined || accountId !== grant.held?.account?.id,
    );
    const isOld = this.#clock.now() - Date.parse(createdAt) > ORPHAN_AFTER_MS;
    if (stopped.length === pending.length || !isOld) return { stopped: due, isFinished: false };
    // The process that disconnects may be paused and continue. Changing the version makes its write
    // fail, and it then puts the tokens into the outbox again.
    const isFinished = (await this.#store.compareAndSet(grant, {})) !== undefined;
    return { stopped: isFinished ? stopped : due, isFinished };
  }

  /**
   * Moves pending tokens to the working grant if revoking them would end it. They are kept with it
   * and revoked when it ends. `false`: revoke them, even if the user has authorized again.
   * @throws SavedObjectError `store_unavailable` when this server lacks the key of the client of
   *   the working grant, and revoking the tokens might end that grant
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
        // The grant has no room for these tokens. The provider ends these tokens together with the
        // current grant, even if they are dropped. For the others that is uncertain.
        if (revokedNow.length > 0) return true;
        const isKept = await this.#store.compareAndSet(current, { supersededGrants: kept });
        return isKept === undefined ? CONFLICT : true;
      },
      { ...GRANT_RETRIES, attempts: MAX_ATTEMPTS },
    );
  }

  /**
   * Deletes the grant's document, unless a new grant replaced it or it holds a notice for the user.
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

  /** A new authorization replaced the grant before its result was known. */
  async #addUnrevoked(grant: GrantRecord, added: number): Promise<typeof CONFLICT | undefined> {
    const changes = withUnrevoked(grant, added, new Date(this.#clock.now()));
    if (changes.unrevoked === undefined) return undefined;
    return (await this.#store.compareAndSet(grant, changes)) ? undefined : CONFLICT;
  }

  /**
   * Records the failure of some tokens of a grant while others wait. It is reported at once, and
   * again in the final result.
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
