import type { Clock, Logger } from '@latchkey/core/server';
import { CONFLICT, retryConflicts } from '@latchkey/saved-objects';
import { backoffMs } from '@latchkey/saved-objects/coordination';
import type { DecryptedConnector } from '../../../connector_data/index.ts';
import type { GrantKey } from '../grants/grant_key.ts';
import { isUsable } from '../grants/grant_record.ts';
import type { GrantStore } from '../grants/grant_store.ts';
import { GRANT_RETRIES } from '../grants/token_errors.ts';
import type { RevocationClient } from './client_resolver.ts';
import type { Revocation } from './pending_grants.ts';
import type { RevocationOutbox } from './revocation_outbox.ts';
import { isOfAnotherAccount, planAdded, tokensOf } from './superseded_grants.ts';

const BACKOFF = { initialMs: 100, maxMs: 5_000 };

/** Tokens that arrived after their grant had ended or been replaced. */
export interface OrphanedTokens {
  /** Generation of the grant to which the tokens belonged. */
  readonly generation: string;
  /** Id of the account of that grant. `undefined`: the provider named none. */
  readonly accountId: string | undefined;
  /**
   * Access token with its type: `<type> <token>`. `undefined`: the response contained no usable
   * access token.
   */
  readonly accessToken: string | undefined;
  /** `undefined`: the response contained no refresh token. */
  readonly refreshToken: string | undefined;
}

/** The grant to which orphaned tokens belonged. */
export interface OrphanedGrant {
  readonly key: GrantKey;
  readonly connector: Pick<DecryptedConnector, 'id' | 'spaceId'>;
  /** The client to which the tokens were issued. */
  readonly client: RevocationClient;
}

/** Dependencies of {@link OrphanedTokenRevoker}. */
export interface OrphanedTokenRevokerDeps {
  readonly store: Pick<GrantStore, 'readUnlessCorrupt' | 'compareAndSet'>;
  readonly outbox: Pick<RevocationOutbox, 'put' | 'putAll' | 'attempt' | 'inBackground'>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Time for which a failed write to the outbox is tried again, in milliseconds. */
  readonly saveMs: number;
}

interface Orphan {
  readonly client: RevocationClient;
  readonly revocation: Revocation;
}

interface Failure {
  readonly error: unknown;
}

/**
 * Revokes tokens that arrived after their grant had ended or been replaced: immediately, or
 * together with the grant that replaced it.
 */
export class OrphanedTokenRevoker {
  readonly #deps: OrphanedTokenRevokerDeps;

  constructor(deps: OrphanedTokenRevokerDeps) {
    this.#deps = deps;
  }

  /**
   * Revokes orphaned tokens. If the store is unavailable, the write is tried again for minutes in
   * the background, because no other copy of the tokens exists. Resolves after the first attempt.
   * Never throws.
   */
  async revoke(grant: OrphanedGrant, orphaned: OrphanedTokens): Promise<void> {
    const { key, client, connector } = grant;
    const { generation, accountId } = orphaned;
    const { configuration } = client;
    const tokens = tokensOf(orphaned);
    const { spaceId } = connector;
    const revocation = { key, generation, accountId, configuration, tokens, spaceId };
    const failure = await this.#put({ client, revocation });
    const { outbox, logger } = this.#deps;
    outbox.inBackground(async (signal) => {
      const last = failure && (await this.#putWithRetry({ client, revocation }, signal));
      if (last === undefined) return outbox.attempt(key, signal);
      logger.error(
        `Tokens of an ended grant of connector [${connector.id}] could not be stored for revocation and stay valid; revoke them at the provider`,
        { error: last.error },
      );
      return undefined;
    });
  }

  /**
   * Writes the tokens to the outbox, or to the grant that replaced theirs. `undefined`: they are
   * stored.
   */
  async #put(orphan: Orphan): Promise<Failure | undefined> {
    try {
      if (!(await this.#keepWithSuccessor(orphan))) await this.#deps.outbox.put(orphan.revocation);
      return undefined;
    } catch (error) {
      return { error };
    }
  }

  /** Repeats the write with the same backoff and deadline as saving refreshed tokens. */
  async #putWithRetry(orphan: Orphan, signal: AbortSignal): Promise<Failure | undefined> {
    const { clock, saveMs } = this.#deps;
    const giveUpAt = clock.monotonic() + saveMs;
    for (let failures = 1; ; failures += 1) {
      await clock.sleep(backoffMs(BACKOFF, failures), signal).catch(() => undefined);
      const failure = await this.#put(orphan);
      if (failure === undefined || signal.aborted || clock.monotonic() > giveUpAt) return failure;
    }
  }

  /**
   * Adds the tokens to the grant that replaced theirs, as superseded tokens, if it has the same
   * client. `false`: there is no such grant, or it is known to belong to another account.
   */
  async #keepWithSuccessor({ client, revocation }: Orphan): Promise<boolean> {
    const { store, outbox } = this.#deps;
    const { key, generation, accountId, tokens } = revocation;
    // A shared token stores no superseded tokens. They are not needed, because revoking one shared
    // token ends no other.
    if (key.scope === 'shared') return false;
    return retryConflicts<boolean>(async () => {
      const current = await store.readUnlessCorrupt(key);
      if (current === undefined || !isUsable(current) || current.generation === generation)
        return false;
      if (current.clientFingerprint !== client.fingerprint) return false;
      if (isOfAnotherAccount({ accountId }, current.account?.id)) return false;
      const added = { ...(accountId === undefined ? {} : { accountId }), tokens: [...tokens] };
      const { kept, revokedNow } = planAdded(current, added, client);
      await outbox.putAll(
        key,
        revokedNow.map((earlier) => ({ ...revocation, ...earlier })),
      );
      const isKept = await store.compareAndSet(current, { supersededGrants: kept });
      return isKept === undefined ? CONFLICT : true;
    }, GRANT_RETRIES);
  }
}
