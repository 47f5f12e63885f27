import type { Clock } from '@latchkey/core/server';
import { needsAnotherKey, SavedObjectError } from '@latchkey/saved-objects';
import type { GrantKey } from '../grants/grant_key.ts';
import { type GrantRecord, isRevokedByEdit, isUsable } from '../grants/grant_record.ts';
import type { GrantStore } from '../grants/grant_store.ts';
import { tooContended } from '../token_errors.ts';
import type { RevocationEntry } from './revocation_entries.ts';
import type { RevocationClient, RevocationResult } from './revocation_job_links.ts';
import type { RevocableGrant } from './revocation_type.ts';
import { isSameClient } from './revoke_grant.ts';
import { endsWith, planAdded } from './superseded_grants.ts';

/** Tokens whose grant is still in use after this long belong to a disconnect that never finished. */
const ORPHAN_AFTER_MS = 5 * 60_000;
const MAX_ATTEMPTS = 5;

/** What {@link RevokedGrants} works with. */
export interface RevokedGrantsDeps {
  readonly store: GrantStore;
  /** The client that made a grant; `undefined`: nobody knows it any more. */
  readonly resolveRevocationClient: (grant: GrantRecord) => Promise<RevocationClient | undefined>;
  readonly clock: Clock;
}

/** What the outbox reads from, and writes to, the documents of the grants whose tokens wait in it. */
export class RevokedGrants {
  readonly #deps: RevokedGrantsDeps;

  constructor(deps: RevokedGrantsDeps) {
    this.#deps = deps;
  }

  /**
   * Which grants of an entry have stopped working here: revoking another would be a disconnect nobody finished asking for. `isFinished`: that
   * disconnect never will be finished, and what is left of the entry are these grants alone.
   */
  async stoppedOf(
    key: GrantKey,
    { attributes: { pending, grantGeneration, createdAt } }: RevocationEntry,
  ): Promise<{ readonly stopped: readonly RevocableGrant[]; readonly isFinished: boolean }> {
    const grant = await this.#read(key);
    if (grant === undefined || !isUsable(grant)) return { stopped: pending, isFinished: false };
    const inUse = [grant.generation, grant.held?.generation];
    const stopped = pending.filter(
      ({ generation }) => !inUse.includes(generation ?? grantGeneration),
    );
    // While a grant of the same account waits for its owner's decision, revoking an older one might
    // end both.
    const due = stopped.filter(
      ({ accountId }) => accountId === undefined || accountId !== grant.held?.account?.id,
    );
    const isOld = this.#deps.clock.now() - Date.parse(createdAt) > ORPHAN_AFTER_MS;
    if (stopped.length === pending.length || !isOld) return { stopped: due, isFinished: false };
    // Whoever asked may only have stood still: changing the version makes their write fail, and they put the tokens into the outbox again.
    const isFinished = (await this.#deps.store.compareAndSet(grant, {})) !== undefined;
    return { stopped: isFinished ? stopped : due, isFinished };
  }

  /**
   * Leaves pending tokens to the working grant if revoking them would end it: they are kept with it
   * and revoked when it ends. `false`: revoke them, even if the user has authorized since.
   */
  async postpone(key: GrantKey, waiting: RevocableGrant): Promise<boolean> {
    const { store, resolveRevocationClient } = this.#deps;
    for (let tries = 0; tries < MAX_ATTEMPTS; tries += 1) {
      const present = await this.#read(key);
      if (present === undefined || !isUsable(present)) return false;
      const client = await resolveRevocationClient(present);
      if (client === undefined || !isSameClient(waiting.configuration, client.configuration))
        return false;
      if (!endsWith(waiting, { client, accountId: present.account?.id })) return false;
      const { accountId, tokens } = waiting;
      const { kept, revokedNow } = planAdded(present, { accountId, tokens }, client);
      // No room left. The provider ends these together with the present grant even if they are
      // dropped; for the others that is uncertain.
      if (revokedNow.length > 0) return true;
      if (await store.compareAndSet(present, { supersededGrants: kept })) return true;
    }
    throw tooContended();
  }

  /**
   * The grant's document is removed, unless a new grant replaced it or its owner has a notice to
   * read.
   */
  async close(
    key: GrantKey,
    generation: string,
    result: 'revoked' | Exclude<RevocationResult, 'replaced'>,
  ): Promise<void> {
    const { store, clock } = this.#deps;
    for (let tries = 0; tries < MAX_ATTEMPTS; tries += 1) {
      const grant = await this.#read(key);
      if (grant?.state !== 'revocation_pending' || grant.generation !== generation) return;
      const now = new Date(clock.now());
      const isKept = isRevokedByEdit(grant) || (result === 'revoked' && isRevocationFailure(grant));
      const closed =
        result === 'revoked' && !isKept
          ? await store.delete(grant)
          : await store.compareAndSet(grant, {
              state: 'ended',
              stateSince: now,
              lastError: isKept ? grant.lastError : { code: `revocation_${result}`, at: now },
            });
      if (closed) return;
    }
  }

  /**
   * Some tokens of a grant are finished, others wait: the failure is reported at once, and again in
   * the final result.
   */
  async recordResult(
    key: GrantKey,
    generation: string,
    result: 'revoked' | Exclude<RevocationResult, 'replaced'>,
  ): Promise<void> {
    if (result === 'revoked') return;
    const { store, clock } = this.#deps;
    for (let tries = 0; tries < MAX_ATTEMPTS; tries += 1) {
      const grant = await this.#read(key);
      if (grant?.state !== 'revocation_pending' || grant.generation !== generation) return;
      if (isRevokedByEdit(grant) || isRevocationFailure(grant)) return;
      const lastError = { code: `revocation_${result}`, at: new Date(clock.now()) };
      if (await store.compareAndSet(grant, { lastError })) return;
    }
  }

  async #read(key: GrantKey): Promise<GrantRecord | undefined> {
    try {
      return await this.#deps.store.read(key);
    } catch (error) {
      // A grant under a key that this server lacks may well be in use.
      if (needsAnotherKey(error)) throw error;
      if (error instanceof SavedObjectError && error.code === 'undecryptable') return undefined;
      throw error;
    }
  }
}

function isRevocationFailure({ lastError }: GrantRecord): boolean {
  return lastError?.code.startsWith('revocation_') === true;
}
