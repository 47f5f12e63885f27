import type { Clock, Randomness } from '@latchkey/core/server';
import { type IssuedTokens, parseScopes, type TokenGrant } from '@latchkey/oauth-client';
import { CONFLICT, needsAnotherKey, retryConflicts } from '@latchkey/saved-objects';
import type { DecryptedConnector } from '../../connector_data/index.ts';
import { BoundedPool } from '../limits/index.ts';
import type { ProviderClient, ProviderClientFactory } from '../strategies/index.ts';
import {
  type AccountChangeService,
  comparableAccountId,
  isOtherAccount,
} from './account_change_service.ts';
import { connectionViewOf } from './connections/connection_status.ts';
import type { ConnectionView } from './connections/connection_view.ts';
import type { AccountHold } from './grants/account_change.ts';
import type { GrantEvents } from './grants/grant_events.ts';
import type { GrantKey } from './grants/grant_key.ts';
import {
  type GrantRecord,
  isRevokedByEdit,
  isStillValid,
  isUsable,
  lastUseOrAuthorization,
  reportsUnrevoked,
  unrevokedError,
  withUnrevoked,
} from './grants/grant_record.ts';
import type { GrantStore, NewGrant } from './grants/grant_store.ts';
import type { StoredFacts } from './grants/stored_facts.ts';
import { GRANT_RETRIES, OutdatedClientError } from './grants/token_errors.ts';
import { changesAfterGrant } from './refresh/refresh_outcome.ts';
import { type ClientResolver, canRevoke } from './revocation/client_resolver.ts';
import type { GrantRevoker } from './revocation/grant_revoker.ts';
import type { OrphanedTokenRevoker } from './revocation/orphaned_tokens.ts';
import type { RevocationOutbox } from './revocation/revocation_outbox.ts';
import { tokensOf } from './revocation/superseded_grants.ts';
import { SaveAttempts } from './save_attempts.ts';

const CONCURRENCY = 10;

type GrantOwner = Extract<GrantKey, { scope: 'per-user' }>;

/** Dependencies of {@link GrantService}. */
export interface GrantServiceDeps {
  readonly store: GrantStore;
  readonly outbox: RevocationOutbox;
  readonly grantRevoker: GrantRevoker;
  readonly clientResolver: Pick<ClientResolver, 'current' | 'resolve'>;
  readonly clients: ProviderClientFactory;
  readonly orphanedTokens: OrphanedTokenRevoker;
  readonly accountChanges: AccountChangeService;
  readonly events: GrantEvents;
  readonly clock: Clock;
  readonly randomness: Randomness;
}

/** A connection after a new grant was stored or held. */
export interface SavedConnection extends ConnectionView {
  /** `true`: the new grant replaced a connection with another account. */
  readonly isOtherAccount: boolean;
}

/**
 * Stores new grants of users, marks connections as pending, and revokes tokens that are unused,
 * orphaned or shared. Users and administrators end single grants with {@link
 * GrantRevoker.revokeNow}.
 */
export class GrantService {
  readonly #deps: GrantServiceDeps;

  constructor(deps: GrantServiceDeps) {
    this.#deps = deps;
  }

  /**
   * Stores a new grant under a new generation. It replaces an older grant in any state, whose
   * tokens are never lost: tokens of another client, or of an account that is known to be another
   * one (`grant.account`), are revoked as soon as the new grant is stored. All other tokens are
   * kept with the new grant and revoked when it ends. Waiting revocations are not changed. The
   * older grant works until this method resolves. The new grant is marked as unchecked.
   * @throws TokenUnavailableError, SavedObjectError; no token is lost, and the call may be repeated
   * with the same `generation`
   * @throws OutdatedClientError when the connector has another client by now and the user has a
   * grant of another client; the caller must revoke the new grant
   * @throws UnconfirmedGrantError when an earlier call with the same `attempts` may have stored the
   * grant, which may have ended since; the caller must revoke the new grant
   */
  async saveGrant(request: {
    readonly connector: DecryptedConnector;
    readonly client: ProviderClient;
    readonly profileUid: string;
    readonly grant: TokenGrant;
    /** Requested scopes, separated by spaces. Default: those that the client requests now. */
    readonly scope?: string | undefined;
    /**
     * Generation of the new grant, for callers that may repeat the call. A grant that an earlier
     * call with this generation stored, and that may have ended since, is not stored again.
     * Default: a new generation.
     */
    readonly generation?: string;
    /**
     * Holds the grant for the user's decision if its account differs from the connected one, or is
     * unknown while the connected one is known. The returned view then contains the pending change.
     * Default: the grant replaces the connected one.
     */
    readonly hold?: AccountHold;
    /** State of the calls, for callers that may repeat the call. Default: this is the only call. */
    readonly attempts?: SaveAttempts;
  }): Promise<SavedConnection> {
    const { connector, client, profileUid, grant, hold, attempts = new SaveAttempts() } = request;
    const { store, grantRevoker, clock, randomness, outbox, accountChanges } = this.#deps;
    const key: GrantOwner = { scope: 'per-user', connectorId: connector.id, profileUid };
    const { fingerprint, configuration } = client;
    const now = new Date(clock.now());
    const fresh: NewGrant = {
      generation: request.generation ?? randomness.uuid(),
      clientFingerprint: fingerprint,
      spaceId: connector.spaceId,
      ...changesAfterGrant(undefined, grant, client.defaultLifetimeSeconds),
      state: 'connected' as const,
      stateSince: now,
      authorizedAt: now,
      unchecked: {
        since: now,
        client: connector.isPreconfigured ? undefined : { fingerprint, configuration },
      },
      requestedScopes: parseScopes(request.scope ?? client.configuration.scope) ?? [],
      lastUsedAt: undefined,
      held: undefined,
    };
    return retryConflicts(async () => {
      const found = await grantRevoker.readOrClear(key);
      // An earlier call with this generation has stored the grant although its response was lost.
      // The grant may have ended since, and must not be stored again.
      if (found?.generation === fresh.generation) return this.#saved(key, found);
      if (found !== undefined && found.held?.generation === fresh.generation)
        return { ...connectionViewOf(key, found, clock.now()), isOtherAccount: false };
      attempts.ensureNotStored(connector.id, found);
      // A missing document does not show whether a write without a response was made.
      const previous =
        found ??
        (await this.#createPending(key, { client, spaceId: connector.spaceId, until: now }));
      if (previous === undefined) return CONFLICT;
      await this.#ensureCurrentClient(previous, { key, client, spaceId: connector.spaceId });
      if (hold !== undefined && accountChanges.isChange(previous, client, fresh)) {
        const holdGrant = () => accountChanges.hold(previous, fresh, { hold, client });
        const waiting = await attempts.write(previous, holdGrant, { isHeld: true });
        if (waiting === undefined) return CONFLICT;
        return { ...connectionViewOf(key, waiting, clock.now()), isOtherAccount: false };
      }
      const { kept, isQueued, unrevoked } = await grantRevoker.supersede(previous, {
        client,
        accountId: comparableAccountId(previous, grant),
      });
      const saved = await attempts.write(previous, () =>
        store.compareAndSet(previous, {
          ...fresh,
          facts: withSiteOf(previous, grant, fresh.facts),
          supersededGrants: kept,
          ...withUnrevoked(previous, unrevoked, new Date(clock.now())),
        }),
      );
      if (saved === undefined) return CONFLICT;
      if (isQueued) outbox.attemptInBackground(key);
      return this.#saved(key, saved, isOtherAccount(previous, grant));
    }, GRANT_RETRIES);
  }

  /**
   * Refuses a grant of a former client when the user has a grant of another client. The connector,
   * not the clock, decides which grant is newer: a slow authorization with a former client must not
   * replace a later grant.
   * @throws OutdatedClientError
   */
  async #ensureCurrentClient(
    previous: GrantRecord | undefined,
    {
      client: { fingerprint },
      ...what
    }: { readonly client: ProviderClient } & Pick<GrantRecord, 'key' | 'spaceId'>,
  ): Promise<void> {
    if (previous === undefined || !isUsable(previous)) return;
    if (previous.clientFingerprint === fingerprint) return;
    const current = await this.#deps.clientResolver.current(what);
    if (current !== undefined && current.fingerprint !== fingerprint)
      throw new OutdatedClientError(what.key.connectorId);
  }

  #saved(key: GrantOwner, saved: GrantRecord, isOther = false): SavedConnection {
    const { events, clock } = this.#deps;
    const { connectorId, profileUid } = key;
    if (isUsable(saved)) events.emit({ type: 'connected', connectorId, profileUid });
    return { ...connectionViewOf(key, saved, clock.now()), isOtherAccount: isOther };
  }

  /**
   * Revokes tokens that the provider has issued and that will not be used. Resolves when they are
   * in the outbox. If the store is unavailable, this is retried in the background. Never throws.
   */
  async revokeUnused(request: {
    readonly connector: DecryptedConnector;
    readonly client: Pick<ProviderClient, 'fingerprint' | 'configuration'>;
    readonly profileUid: string;
    readonly tokens: IssuedTokens;
    /**
     * Generation of the authorization. If a grant with this generation was stored in spite of an
     * error, its tokens are kept. Default: a new generation, which no grant has.
     */
    readonly generation?: string | undefined;
    readonly accountId?: string | undefined;
  }): Promise<void> {
    const { connector, client, profileUid, tokens, accountId } = request;
    const { refreshToken } = tokens;
    const accessToken = tokens.accessToken && `Bearer ${tokens.accessToken}`;
    if (!canRevoke(client) || (accessToken === undefined && refreshToken === undefined)) return;
    const { orphanedTokens, randomness } = this.#deps;
    const key: GrantOwner = { scope: 'per-user', connectorId: connector.id, profileUid };
    const generation = request.generation ?? randomness.uuid();
    await orphanedTokens.revoke(
      { key, connector, client },
      { generation, accountId, accessToken, refreshToken },
    );
  }

  /**
   * Deletes and revokes the token that all users of a connector share. A new one can be requested
   * at any time. Writes the outbox first, as for grants of users. If this server lacks the key of
   * the client, the token is deleted without a revocation, because a lost key must not prevent the
   * repair or deletion of a connector.
   * @param connector the connector before the edit or deletion, with the client that requested the
   * token
   */
  async revokeShared(connector: DecryptedConnector): Promise<void> {
    const { store, grantRevoker, outbox, clock } = this.#deps;
    const key: GrantKey = { scope: 'shared', connectorId: connector.id };
    const isQueued = await retryConflicts(async () => {
      const record = await this.#readShared(key);
      if (record === undefined) return false;
      const isDropped = !isStillValid(record, clock.now());
      const tokens = tokensOf(isDropped ? { ...record, accessToken: undefined } : record);
      const client =
        tokens.length === 0 ? undefined : await this.#clientOfShared(record, connector);
      const queued = await grantRevoker.queueTokens(record, client, [{ tokens }]);
      if (!(await store.delete(record))) return CONFLICT;
      if (!queued) grantRevoker.emitUnrevocable(key, [{ tokens }]);
      return queued;
    }, GRANT_RETRIES);
    if (isQueued) outbox.attemptInBackground(key);
  }

  /**
   * Returns the client of a shared token. `undefined`: the client is unknown, or this server lacks
   * its key.
   */
  async #clientOfShared(record: GrantRecord, connector: DecryptedConnector) {
    try {
      return await this.#deps.clientResolver.resolve(record, connector);
    } catch (error) {
      if (!needsAnotherKey(error)) throw error;
      return undefined;
    }
  }

  /**
   * Reads the shared token. `undefined`: there is none. Deletes a token that this server cannot
   * read, because after an edit the connector must not use it; it expires by itself.
   */
  async #readShared(key: GrantKey): Promise<GrantRecord | undefined> {
    try {
      return await this.#deps.grantRevoker.readOrClear(key);
    } catch (error) {
      if (!needsAnotherKey(error)) throw error;
      await this.#deps.store.deleteUnreadable(key);
      return undefined;
    }
  }

  /**
   * Returns `true` if two users of a connector have the same account id. Checks the 100 oldest
   * grants. Ignores ids from ID tokens, because no editor can configure where they come from, and
   * ids of unknown source.
   */
  async hasCommonAccount(connectorId: string): Promise<boolean> {
    const { grants } = await this.#deps.store.page(connectorId, { page: 1, perPage: 100 });
    const ids = grants
      .filter((grant) => isUsable(grant) && (grant.accountSource ?? 'id_token') !== 'id_token')
      .flatMap(({ account }) => account?.id ?? []);
    return new Set(ids).size < ids.length;
  }

  /**
   * Returns `true` if users have grants of a connector that are usable, or that this server cannot
   * read.
   */
  async hasGrants(connectorId: string): Promise<boolean> {
    for await (const batch of this.#deps.store.iterate({ usable: { connectorId } }, 1))
      if (batch.length > 0) return true;
    return false;
  }

  /**
   * Marks a connection as pending until the given instant, while its user is at the provider. Never
   * changes a usable grant.
   * @param request `until: undefined` ends the mark, because the user has returned without a grant
   */
  async markPending(request: {
    readonly connector: DecryptedConnector;
    readonly profileUid: string;
    readonly until: Date | undefined;
  }): Promise<void> {
    const { connector, profileUid, until } = request;
    const { store, clock, clients } = this.#deps;
    const key: GrantOwner = { scope: 'per-user', connectorId: connector.id, profileUid };
    // Sends waiting revocations before the new authorization. After it, the provider might end the
    // new grant too.
    if (until !== undefined) await this.#deps.outbox.attemptNow(key, { evenIfNotDue: true });
    const record = await this.#deps.grantRevoker.readOrClear(key);
    if (until === undefined) {
      if (record?.state === 'pending') await this.#endPending(record);
      return;
    }
    const pending = {
      state: 'pending' as const,
      stateSince: new Date(clock.now()),
      pendingUntil: until,
    };
    if (record === undefined) {
      const client = clients.forConnector(connector);
      await this.#createPending(key, { client, spaceId: connector.spaceId, until });
    } else if (record.state === 'pending' || record.state === 'ended') {
      // The reason stays until the user has authorized again, who may also abandon this attempt.
      const lastError = isRevokedByEdit(record) ? record.lastError : undefined;
      await store.compareAndSet(record, { ...pending, lastError });
    }
  }

  /**
   * Creates the document of a connection that has no grant yet. `undefined`: another process has
   * created it.
   */
  async #createPending(
    key: GrantOwner,
    {
      client,
      spaceId,
      until,
    }: {
      readonly client: Pick<ProviderClient, 'fingerprint'>;
      readonly spaceId: string;
      readonly until: Date;
    },
  ): Promise<GrantRecord | undefined> {
    const { store, randomness, clock } = this.#deps;
    return store.create(key, {
      state: 'pending',
      stateSince: new Date(clock.now()),
      pendingUntil: until,
      generation: randomness.uuid(),
      clientFingerprint: client.fingerprint,
      spaceId,
    });
  }

  /**
   * Ends the state `pending`. Deletes the document, unless it reports that an edit of the connector
   * has ended the grant, or that grants could not be revoked.
   */
  async #endPending(record: GrantRecord): Promise<void> {
    const { store, clock } = this.#deps;
    const isByEdit = isRevokedByEdit(record);
    const lastError = isByEdit ? record.lastError : unrevokedError(record, clock.now());
    if (lastError === undefined) {
      await store.delete(record);
      return;
    }
    await store.compareAndSet(record, {
      state: 'ended',
      stateSince: new Date(clock.now()),
      pendingUntil: undefined,
      lastError,
    });
  }

  /**
   * Revokes grants that were not used since `before`, and deletes documents without a grant.
   * @returns number of revoked grants
   * @throws the first error, after all other grants were processed
   */
  async revokeStale(before: Date, signal: AbortSignal): Promise<number> {
    const { store, grantRevoker, outbox, clock } = this.#deps;
    const reason = 'stale';
    const matches = (now: GrantRecord) => lastUseOrAuthorization(now) < before;
    let revoked = 0;
    const revoke = async (record: GrantRecord): Promise<void> => {
      if (record.state === 'pending' || record.state === 'ended') {
        if (!reportsUnrevoked(record, clock.now())) await store.delete(record);
        return;
      }
      const { key } = record;
      const outcome = await grantRevoker.revoke({ key, reason, actor: undefined, matches });
      if (outcome === 'queued' || outcome === 'unsupported') revoked += 1;
    };
    const grants = store.iterate({ lastUsedBefore: before });
    try {
      await new BoundedPool(CONCURRENCY).forEach(grants, revoke, signal);
    } finally {
      if (revoked > 0) outbox.inBackground((stop) => outbox.processDue(stop));
    }
    return revoked;
  }
}

/**
 * Returns the grant facts of a new grant, including those of the site that the user had chosen, if
 * the account is the same and the new grant covers the site.
 */
function withSiteOf(
  previous: GrantRecord,
  grant: TokenGrant,
  facts: StoredFacts | undefined,
): StoredFacts | undefined {
  const { siteId } = previous.facts ?? {};
  if (facts === undefined || siteId === undefined || isOtherAccount(previous, grant)) return facts;
  return facts.sites?.some(({ id }) => id === siteId) === true ? { ...facts, siteId } : facts;
}
