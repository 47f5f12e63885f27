import type { Clock, Logger, Principal } from '@latchkey/core/server';
import { dialectOf } from '@latchkey/oauth-client';
import {
  CONFLICT,
  isSavedObjectError,
  needsAnotherKey,
  retryConflicts,
} from '@latchkey/saved-objects';
import type { DecryptedConnector } from '../../../connector_data/index.ts';
import type { ProviderClient } from '../../strategies/index.ts';
import type { GrantEvents, RevokeReason } from '../grants/grant_events.ts';
import type { GrantKey } from '../grants/grant_key.ts';
import {
  CONNECTOR_CHANGED,
  type GrantChanges,
  type GrantFailure,
  type GrantRecord,
  isRevokedByEdit,
  isUsable,
  REVOCATION_UNSUPPORTED,
  unrevokedError,
  withUnrevoked,
} from '../grants/grant_record.ts';
import type { GrantStore } from '../grants/grant_store.ts';
import { GRANT_RETRIES, missingKeyError } from '../grants/token_errors.ts';
import type { SupersededGrant } from '../grants/token_types.ts';
import { type ClientResolver, canRevoke, type RevocationClient } from './client_resolver.ts';
import type { Revocation } from './pending_grants.ts';
import type { RevocationOutbox } from './revocation_outbox.ts';
import { emitRevoked } from './revocation_results.ts';
import {
  heldTokens,
  isOfAnotherAccount,
  planAdded,
  planSuperseded,
  type Successor,
  type SupersededPlan,
  tokensOf,
} from './superseded_grants.ts';

/** Dependencies of {@link GrantRevoker}. */
export interface GrantRevokerDeps {
  readonly store: GrantStore;
  readonly outbox: RevocationOutbox;
  readonly clientResolver: Pick<ClientResolver, 'resolve'>;
  readonly events: GrantEvents;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** The grant to revoke, the reason and the actor. */
export interface RevokeRequest {
  readonly key: GrantKey;
  readonly reason: RevokeReason;
  /** The user who caused the revocation. `undefined`: the server. */
  readonly actor: Principal | undefined;
  /** The revocation job that revokes the grant. `undefined`: none. */
  readonly revocationJobId?: string;
  /**
   * Called with the stored record before it is revoked. `false` skips the grant. Default: every
   * grant is revoked.
   */
  readonly matches?: (record: GrantRecord) => boolean | Promise<boolean>;
  /**
   * Returns the client of a record, for example from a cache. Default: that of the client resolver.
   */
  readonly resolveClient?: (record: GrantRecord) => Promise<RevocationClient | undefined>;
}

/**
 * - `not_found`: there is no grant to revoke.
 * - `skipped`: `matches` returned false.
 * - `queued`: the grant has ended, and its tokens wait in the outbox to be revoked.
 * - `unsupported`: the grant has ended, but its tokens cannot be revoked: its client is unknown
 *   now, or its provider does not support revocation.
 */
export type RevokeOutcome = 'not_found' | 'skipped' | 'queued' | 'unsupported';

/** The user whose grant of a connector is revoked now, the reason and the actor. */
export interface RevokeNowRequest extends Pick<RevokeRequest, 'reason' | 'actor'> {
  readonly connectorId: string;
  readonly profileUid: string;
  /** The connector as the caller has just read it. Default: it is read when it is needed. */
  readonly connector?: DecryptedConnector | undefined;
  /**
   * Ends only this authorization, for a caller that has just stored it. Default: the current grant,
   * revoked by the client of the connector or its former client.
   */
  readonly authorization?: { readonly generation: string; readonly client: ProviderClient };
}

/**
 * Result of ending a grant, after a few seconds. `waiting`: tried again until the provider accepts
 * it. `unsupported`: the provider cannot revoke it. `failed`: the provider refused it permanently.
 * `none`: there was no grant.
 */
export type EndedGrantRevocation = 'revoked' | 'waiting' | 'unsupported' | 'failed' | 'none';

/** Result of {@link GrantRevoker.releaseHeld}. */
export interface ReleasedGrant {
  /** Changes that must be stored with the change that removes or replaces the held grant. */
  readonly changes: Pick<GrantChanges, 'supersededGrants'>;
  /** `true`: the outbox has work after that change. */
  readonly isQueued: boolean;
  /** Tokens that cannot be revoked. */
  readonly unrevocable: readonly SupersededGrant[];
}

/**
 * Ends grants, and puts the tokens of ended, replaced and released grants into the outbox. All code
 * that ends grants uses this class.
 */
export class GrantRevoker {
  readonly #deps: GrantRevokerDeps;

  constructor(deps: GrantRevokerDeps) {
    this.#deps = deps;
  }

  /**
   * Writes the outbox first, then the grant's document. After a crash between the two writes, the
   * entry of the outbox has no effect until the grant has stopped working. After every conflict it
   * starts over with the tokens that are stored now, so a running refresh cannot restore the grant.
   * @throws TokenUnavailableError when other processes keep changing the grant
   * @throws SavedObjectError `store_unavailable` when this server lacks the key of the grant or of
   *   its client; the grant is unchanged
   */
  async revoke(request: RevokeRequest): Promise<RevokeOutcome> {
    const { store, clientResolver, clock, events } = this.#deps;
    const { key, reason, actor, matches = () => true } = request;
    const { resolveClient = (record: GrantRecord) => clientResolver.resolve(record) } = request;
    return retryConflicts(async () => {
      const record = await this.readOrClear(key);
      if (record === undefined || !isUsable(record)) return 'not_found';
      if (!(await matches(record))) return 'skipped';
      const client = await resolveClient(record);
      const isQueued = await this.#queueOwn(record, client, request.revocationJobId);
      const isHeldQueued = await this.#queueHeld(record, client);
      const now = new Date(clock.now());
      const unrevoked =
        Number(!isQueued && tokensOf(record).length > 0) +
        Number(!isHeldQueued && record.held !== undefined);
      const ended = await store.compareAndSet(record, {
        ...CLEARED_FIELDS,
        state: isQueued ? 'revocation_pending' : 'ended',
        stateSince: now,
        lastError: revokeErrorOf(reason, isQueued, now),
        ...withUnrevoked(record, unrevoked, now),
      });
      if (ended === undefined) return CONFLICT;
      const profileUid = key.scope === 'per-user' ? key.profileUid : undefined;
      events.emit({ type: 'ended', connectorId: key.connectorId, profileUid, reason, actor });
      if (!isQueued)
        this.emitUnrevocable(key, [{ tokens: tokensOf(record) }, ...record.supersededGrants]);
      if (!isHeldQueued && record.held !== undefined)
        this.emitUnrevocable(key, heldTokens(record.held));
      return isQueued ? 'queued' : 'unsupported';
    }, GRANT_RETRIES);
  }

  /**
   * Ends the grant of one user as {@link revoke} does: it can no longer be used here at once. Then
   * sends its tokens to the provider, and waits a few seconds for the result.
   * @throws as {@link revoke}
   */
  async revokeNow(request: RevokeNowRequest): Promise<EndedGrantRevocation> {
    const { connectorId, profileUid, reason, actor, connector, authorization } = request;
    const { clientResolver, outbox } = this.#deps;
    const key: GrantKey = { scope: 'per-user', connectorId, profileUid };
    const outcome = await this.revoke({
      key,
      reason,
      actor,
      ...(authorization === undefined
        ? { resolveClient: (record) => clientResolver.resolve(record, connector) }
        : {
            matches: ({ generation }) => generation === authorization.generation,
            resolveClient: async () => authorization.client,
          }),
    });
    if (outcome === 'queued') {
      const attempted = await outbox.attemptNow(key);
      if (attempted === 'given_up') return this.#givenUp(key);
      return attempted ?? 'waiting';
    }
    if (outcome === 'unsupported') return outcome;
    if (outcome === 'skipped' || authorization !== undefined) return 'none';
    // The grant ended before. Its tokens may wait for the provider.
    return (await this.#clearEditNotice(key)) ? 'waiting' : 'none';
  }

  /** The reason is in the document, which reports grants that were not revoked. */
  async #givenUp(key: GrantKey): Promise<'failed' | 'unsupported'> {
    const record = await this.readOrClear(key);
    return record?.lastError?.code === REVOCATION_UNSUPPORTED ? 'unsupported' : 'failed';
  }

  /**
   * Clears the notice that an edit ended the user's grant. `true`: there was one. Keeps the
   * document while it reports grants that could not be revoked.
   */
  async #clearEditNotice(key: GrantKey): Promise<boolean> {
    const { store, clock } = this.#deps;
    return retryConflicts(async (attempt) => {
      const record = await this.readOrClear(key);
      if (record === undefined || !isRevokedByEdit(record)) return attempt > 1;
      const lastError = record.state === 'ended' ? unrevokedError(record, clock.now()) : undefined;
      const isCleared =
        record.state === 'ended' && lastError === undefined
          ? await store.delete(record)
          : (await store.compareAndSet(record, { lastError })) !== undefined;
      return isCleared ? true : CONFLICT;
    }, GRANT_RETRIES);
  }

  #queueOwn(
    record: GrantRecord,
    client: RevocationClient | undefined,
    revocationJobId: string | undefined,
  ): Promise<boolean> {
    const own = { accountId: record.account?.id, tokens: tokensOf(record) };
    // A revocation job counts the grants that it revokes, without the grants that they superseded.
    return this.queueTokens(record, client, [
      { ...own, ...(revocationJobId === undefined ? {} : { revocationJobId }) },
      ...record.supersededGrants,
    ]);
  }

  /**
   * Puts tokens of a grant, or tokens that it keeps, into the outbox. None is sent before that
   * grant has ended or was replaced. `false`: they cannot be revoked.
   */
  async queueTokens(
    record: GrantRecord,
    client: RevocationClient | undefined,
    grants: readonly Pick<Revocation, 'accountId' | 'tokens' | 'revocationJobId'>[],
  ): Promise<boolean> {
    // Tokens of one client must never be sent to another client (H114).
    const isOfClient = client?.fingerprint === record.clientFingerprint;
    const selected = grants.filter(({ tokens }) => tokens.length > 0);
    if (!isOfClient || selected.length === 0 || !canRevoke(client)) return false;
    const { key, generation, spaceId } = record;
    const { configuration } = client;
    await this.#deps.outbox.putAll(
      key,
      selected.map((grant) => ({ ...grant, key, generation, configuration, spaceId })),
    );
    return true;
  }

  /**
   * Puts the tokens of the held grant into the outbox. The revocation job does not count them: it
   * counts one grant per document. A grant is held only beside a grant of the same client.
   */
  async #queueHeld(record: GrantRecord, client: RevocationClient | undefined): Promise<boolean> {
    if (record.held === undefined) return false;
    const holder = { ...record, generation: record.held.generation };
    return this.queueTokens(holder, client, heldTokens(record.held));
  }

  /**
   * Handles the tokens that a new grant overwrites. They are never dropped: they are revoked once
   * the new grant is stored, or kept with it and revoked when it ends. Call this before the new
   * grant is written, and store `kept` and `unrevoked` with it. `isQueued`: the outbox has work
   * once the new grant is stored.
   */
  async supersede(
    previous: GrantRecord | undefined,
    successor: Successor,
  ): Promise<{
    readonly kept: SupersededPlan['kept'];
    readonly isQueued: boolean;
    /** Number of grants that cannot be revoked and do not belong to the successor. */
    readonly unrevoked: number;
  }> {
    if (previous === undefined) return { kept: [], isQueued: false, unrevoked: 0 };
    const { clock, clientResolver } = this.#deps;
    const { kept, revokedNow } = planSuperseded(previous, successor, clock.now());
    if (kept.length + revokedNow.length === 0) return { kept, isQueued: false, unrevoked: 0 };
    const isSameClient = previous.clientFingerprint === successor.client.fingerprint;
    const client = isSameClient ? successor.client : await clientResolver.resolve(previous);
    const isQueued = await this.queueTokens(previous, client, revokedNow);
    if (!isQueued) this.emitUnrevocable(previous.key, revokedNow);
    const unrevoked = isQueued ? 0 : revokedNow.length;
    if (client !== undefined && canRevoke(client)) return { kept, isQueued, unrevoked };
    // These tokens can never be revoked, so they are not kept.
    this.emitUnrevocable(previous.key, kept);
    return { kept: [], isQueued, unrevoked };
  }

  /**
   * Handles the tokens of a held grant that is confirmed, declined or replaced. They are never
   * dropped: they are revoked once the grant is no longer held. Revoking them might end a grant
   * that stays, if the provider ends all grants of an account at once and the accounts are not
   * known to differ. Then the grant in use keeps them, and they are revoked when it ends.
   * @param how `client`: of the held grant and the grant in use; `undefined`: unknown.
   *   `keptAccounts`: accounts of the grants that stay; `undefined`: unknown
   */
  async releaseHeld(
    record: GrantRecord,
    how: {
      readonly client: RevocationClient | undefined;
      readonly keptAccounts: readonly (string | undefined)[];
    },
  ): Promise<ReleasedGrant> {
    const { held } = record;
    if (held === undefined) return { changes: {}, isQueued: false, unrevocable: [] };
    const { client, keptAccounts } = how;
    const tokens = heldTokens(held);
    const accountId = held.account?.id;
    const mightEndAnother = keptAccounts.some((other) => !isOfAnotherAccount({ accountId }, other));
    if (
      client === undefined ||
      !canRevoke(client) ||
      !mightEndAnother ||
      !dialectOf(client.configuration).revocationEndsAllGrants
    ) {
      const isQueued = await this.#queueHeld(record, client);
      return { changes: {}, isQueued, unrevocable: isQueued ? [] : tokens };
    }
    let supersededGrants = record.supersededGrants;
    const revokedNow: SupersededGrant[] = [];
    for (const grant of tokens) {
      const plan = planAdded({ ...record, supersededGrants }, grant, client);
      supersededGrants = plan.kept;
      revokedNow.push(...plan.revokedNow);
    }
    // These tokens wait in the outbox until the grant is no longer held.
    const holder = { ...record, generation: held.generation };
    const isQueued = await this.queueTokens(holder, client, revokedNow);
    return { changes: { supersededGrants }, isQueued, unrevocable: [] };
  }

  /**
   * Reads a grant. Deletes a corrupt document: it contains nothing useful when its user or an
   * administrator acts on it. A document encrypted with a key that this server lacks is kept.
   * @throws SavedObjectError `store_unavailable` when this server lacks the key
   */
  async readOrClear(key: GrantKey): Promise<GrantRecord | undefined> {
    try {
      return await this.#deps.store.read(key);
    } catch (error) {
      if (!isSavedObjectError(error, 'undecryptable')) throw error;
      if (needsAnotherKey(error)) throw missingKeyError(error);
      this.#deps.logger.warn(
        `Deleted corrupt tokens of a user of connector [${key.connectorId}]; the user must authorize again`,
        {
          error,
        },
      );
      await this.#deps.store.deleteUnreadable(key);
      return undefined;
    }
  }

  /** Audits that these tokens were not revoked. */
  emitUnrevocable(key: GrantKey, grants: readonly Pick<Revocation, 'tokens'>[]): void {
    const tokens = grants.flatMap((grant) => grant.tokens);
    emitRevoked(this.#deps.events, key, { outcome: 'unsupported', tokens });
  }
}

/**
 * The error of the ended grant. The notice that the user must authorize again has precedence over
 * the result of the revocation, which revocation jobs count.
 */
function revokeErrorOf(
  reason: RevokeReason,
  isQueued: boolean,
  at: Date,
): GrantFailure | undefined {
  if (reason === 'connector_changed') return { code: CONNECTOR_CHANGED, at };
  return isQueued ? undefined : { code: REVOCATION_UNSUPPORTED, at };
}

/** Fields that are cleared when a grant ends. */
const CLEARED_FIELDS = {
  accessToken: undefined,
  refreshToken: undefined,
  supersededGrants: [],
  expiresAt: undefined,
  refreshTokenExpiresAt: undefined,
  nextAttemptAt: undefined,
  refresh: undefined,
  held: undefined,
} as const;
