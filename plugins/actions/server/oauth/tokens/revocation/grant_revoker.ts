import type { Clock, Logger, Principal } from '@latchkey/core/server';
import { dialectOf } from '@latchkey/oauth-client';
import {
  CONFLICT,
  isSavedObjectError,
  needsAnotherKey,
  retryConflicts,
} from '@latchkey/saved-objects';
import type { DecryptedConnector } from '../../../connector_data/index.ts';
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

/** The grant to revoke, the reason, and who caused it. */
export interface RevokeRequest {
  readonly key: GrantKey;
  readonly reason: RevokeReason;
  /** The user who caused the revocation. `undefined`: the server itself. */
  readonly actor: Principal | undefined;
  /** Id of the revocation job that revokes the grant. Absent: no job does. */
  readonly revocationJobId?: string;
  /**
   * Called with the stored grant before it is revoked. If it returns `false`, the grant is skipped.
   * Default: every grant is revoked.
   */
  readonly matches?: (record: GrantRecord) => boolean | Promise<boolean>;
  /**
   * Returns the client of a grant, for example from a cache. Default: {@link
   * ClientResolver.resolve}.
   */
  readonly resolveClient?: (record: GrantRecord) => Promise<RevocationClient | undefined>;
}

/**
 * - `not_found`: there is no grant to revoke.
 * - `skipped`: `matches` returned `false`.
 * - `queued`: the grant has ended, and its tokens wait in the outbox.
 * - `unsupported`: the grant has ended, but its tokens cannot be revoked, because its client is
 *   unknown or its provider does not support revocation.
 */
export type RevokeOutcome = 'not_found' | 'skipped' | 'queued' | 'unsupported';

/** The grant of one user that is revoked now, the reason, and who caused it. */
export interface RevokeNowRequest extends Pick<RevokeRequest, 'reason' | 'actor'> {
  readonly connectorId: string;
  readonly profileUid: string;
  /** Connector that the caller has just read. Default: it is read if it is needed. */
  readonly connector?: DecryptedConnector | undefined;
  /**
   * Ends only the grant of this authorization. `client`: the client that obtained it, if it is
   * known. Default: ends the current grant. A grant whose client is not given is revoked with the
   * current or the former client of the connector.
   */
  readonly authorization?: {
    readonly generation: string;
    readonly client: RevocationClient | undefined;
  };
}

/**
 * State of the revocation a few seconds after a grant was ended. `waiting`: the revocation is tried
 * again until the provider accepts it. `unsupported`: the provider cannot revoke the grant.
 * `failed`: the provider refused permanently. `none`: there was no grant.
 */
export type EndedGrantRevocation = 'revoked' | 'waiting' | 'unsupported' | 'failed' | 'none';

/** Result of {@link GrantRevoker.releaseHeld}. */
export interface ReleasedGrant {
  /** Changes to store together with the change that removes or replaces the held grant. */
  readonly changes: Pick<GrantChanges, 'supersededGrants'>;
  /** `true`: once that change is stored, the outbox has tokens to revoke. */
  readonly isQueued: boolean;
  /** Tokens that cannot be revoked. */
  readonly unrevocable: readonly SupersededGrant[];
}

/**
 * Ends grants, and puts the tokens of ended, replaced and held grants into the outbox. All code
 * that ends grants uses this class.
 */
export class GrantRevoker {
  readonly #deps: GrantRevokerDeps;

  constructor(deps: GrantRevokerDeps) {
    this.#deps = deps;
  }

  /**
   * Ends a grant and puts its tokens into the outbox. Writes the outbox before the grant: after a
   * crash between the two writes, the entry of the outbox has no effect until the grant has ended.
   * After every conflict, starts again with the tokens that are stored now, so that a running
   * refresh cannot restore the grant.
   * @throws TokenUnavailableError when other processes change the grant again and again
   * @throws SavedObjectError `store_unavailable` when this server lacks the key of the grant or of
   * its client; the grant is then unchanged
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
      const isQueued = await this.#queueGrant(record, client, request.revocationJobId);
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
   * Ends the grant of one user as {@link revoke} does, so that it can no longer be used here. Then
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
      matches: ({ generation }) => generation === (authorization?.generation ?? generation),
      resolveClient: async (record) =>
        authorization?.client ?? clientResolver.resolve(record, connector),
    });
    if (outcome === 'queued') {
      const attempted = await outbox.attemptNow(key);
      if (attempted === 'given_up') return this.#givenUp(key);
      return attempted ?? 'waiting';
    }
    if (outcome === 'unsupported') return outcome;
    if (outcome === 'skipped' || authorization !== undefined) return 'none';
    // The grant has ended before. Its tokens may still wait to be revoked.
    return (await this.#clearEditNotice(key)) ? 'waiting' : 'none';
  }

  /** Returns why the revocation was given up, from the document of the grant. */
  async #givenUp(key: GrantKey): Promise<'failed' | 'unsupported'> {
    const record = await this.readOrClear(key);
    return record?.lastError?.code === REVOCATION_UNSUPPORTED ? 'unsupported' : 'failed';
  }

  /**
   * Removes the error that tells the user about the end of the grant by an edit. Deletes the
   * document unless it reports grants that could not be revoked.
   * @returns `true` if there was such an error
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

  /** Puts the tokens of a grant, and of the grants that it superseded, into the outbox. */
  #queueGrant(
    record: GrantRecord,
    client: RevocationClient | undefined,
    revocationJobId: string | undefined,
  ): Promise<boolean> {
    const own = { accountId: record.account?.id, tokens: tokensOf(record) };
    // Only the tokens of the grant itself get the id of the job: it counts one grant per document,
    // without superseded grants.
    return this.queueTokens(record, client, [
      { ...own, ...(revocationJobId === undefined ? {} : { revocationJobId }) },
      ...record.supersededGrants,
    ]);
  }

  /**
   * Puts tokens that a grant contains into the outbox. None is sent before the grant has ended or
   * was replaced. `false`: the tokens cannot be revoked.
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
   * Puts the tokens of the held grant into the outbox, without the id of a revocation job, which
   * counts one grant per document. A held grant always has the same client as the grant in use.
   */
  async #queueHeld(record: GrantRecord, client: RevocationClient | undefined): Promise<boolean> {
    if (record.held === undefined) return false;
    const holder = { ...record, generation: record.held.generation };
    return this.queueTokens(holder, client, heldTokens(record.held));
  }

  /**
   * Decides what happens to the tokens that a new grant overwrites, and puts those to revoke into
   * the outbox. No token is lost: tokens are revoked as soon as the new grant is stored, or kept
   * with it and revoked when it ends. Call this before the new grant is written, and store `kept`
   * and `unrevoked` with it. `isQueued`: once the new grant is stored, the outbox has tokens to
   * revoke.
   */
  async supersede(
    previous: GrantRecord,
    successor: Successor,
  ): Promise<{
    readonly kept: SupersededPlan['kept'];
    readonly isQueued: boolean;
    /** Number of grants that cannot be revoked and are not kept with the new grant. */
    readonly unrevoked: number;
  }> {
    const { clock, clientResolver } = this.#deps;
    const { kept, revokedNow } = planSuperseded(previous, successor, clock.now());
    if (kept.length + revokedNow.length === 0) return { kept, isQueued: false, unrevoked: 0 };
    const isSameClient = previous.clientFingerprint === successor.client.fingerprint;
    const client = isSameClient ? successor.client : await clientResolver.resolve(previous);
    const isQueued = await this.queueTokens(previous, client, revokedNow);
    if (!isQueued) this.emitUnrevocable(previous.key, revokedNow);
    const unrevoked = isQueued ? 0 : revokedNow.length;
    if (client !== undefined && canRevoke(client)) return { kept, isQueued, unrevoked };
    // The tokens are not kept, because they can never be revoked.
    this.emitUnrevocable(previous.key, kept);
    return { kept: [], isQueued, unrevoked };
  }

  /**
   * Decides what happens to the tokens of a held grant that is confirmed, declined or replaced. No
   * token is lost: tokens are revoked as soon as the grant is no longer held. Exception: if the
   * provider ends all grants of an account together, and the accounts may be the same, revoking the
   * tokens might end a grant that stays. Then the grant in use keeps them, and they are revoked
   * when it ends.
   * @param how `client`: client of the held grant and of the grant in use; `undefined` if unknown.
   * `keptAccounts`: ids of the accounts of the grants that stay; `undefined` if unknown
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
    // With this generation, the tokens wait in the outbox until the grant is no longer held.
    const holder = { ...record, generation: held.generation };
    const isQueued = await this.queueTokens(holder, client, revokedNow);
    return { changes: { supersededGrants }, isQueued, unrevocable: [] };
  }

  /**
   * Reads a grant that its user or an administrator is about to change. Deletes a corrupt document,
   * because it contains nothing useful. Leaves a document whose key this server lacks unchanged.
   * @throws SavedObjectError `store_unavailable` when this server lacks the key
   */
  async readOrClear(key: GrantKey): Promise<GrantRecord | undefined> {
    try {
      return await this.#deps.store.read(key);
    } catch (error) {
      if (!isSavedObjectError(error, 'undecryptable')) throw error;
      if (needsAnotherKey(error)) throw missingKeyError(error);
      this.#deps.logger.warn(
        `The tokens of a user of connector [${key.connectorId}] were corrupt and have been deleted; the user must authorize again`,
        {
          error,
        },
      );
      await this.#deps.store.deleteUnreadable(key);
      return undefined;
    }
  }

  /** Writes audit events that say that these tokens could not be revoked. */
  emitUnrevocable(key: GrantKey, grants: readonly Pick<Revocation, 'tokens'>[]): void {
    const tokens = grants.flatMap((grant) => grant.tokens);
    emitRevoked(this.#deps.events, key, { outcome: 'unsupported', tokens });
  }
}

/**
 * Returns the error of the ended grant. The message that the user must authorize again takes
 * precedence over the result of the revocation, which revocation jobs count.
 */
function revokeErrorOf(
  reason: RevokeReason,
  isQueued: boolean,
  at: Date,
): GrantFailure | undefined {
  if (reason === 'connector_changed') return { code: CONNECTOR_CHANGED, at };
  return isQueued ? undefined : { code: REVOCATION_UNSUPPORTED, at };
}

/** Members that are removed when a grant ends. */
const CLEARED_FIELDS = {
  accessToken: undefined,
  refreshToken: undefined,
  supersededGrants: [],
  expiresAt: undefined,
  refreshTokenExpiresAt: undefined,
  nextAttemptAt: undefined,
  refresh: undefined,
  held: undefined,
  unchecked: undefined,
} as const;
