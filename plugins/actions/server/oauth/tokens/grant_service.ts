import type { Clock, Logger, Principal, Randomness } from '@latchkey/core/server';
import { SavedObjectError } from '@latchkey/saved-objects';
import type {
  ConnectionView,
  ConnectorReader,
  DecryptedConnector,
  EndReason,
  GrantClient,
  GrantClients,
  GrantService,
} from '../../types.ts';
import { ConnectorConfigurationError } from '../strategies/index.ts';
import {
  connectionViewOf,
  type UnreadableReason,
  unreadableConnectionView,
  unreadableReasonOf,
} from './connection_status.ts';
import type { GrantEvents } from './grant_events.ts';
import type { GrantKey } from './grant_key.ts';
import { type GrantRecord, isUsable } from './grant_record.ts';
import type { GrantStore } from './grant_store.ts';
import { changesAfterGrant } from './refresh_outcome.ts';
import type { RevocationOutbox } from './revocation_outbox.ts';
import type { TokenToRevoke } from './revocation_type.ts';
import { TokenUnavailableError } from './token_errors.ts';

const AT_ONCE = 10;
/** Milliseconds a person waits for the provider's answer to a disconnect; the attempt goes on without them. */
const FIRST_ATTEMPT_WAIT_MS = 3000;
const MOST_TRIES = 20;

type PersonKey = Extract<GrantKey, { scope: 'per-user' }>;

/** What {@link StoredGrantService} works with. */
export interface GrantServiceDeps {
  readonly store: GrantStore;
  readonly outbox: RevocationOutbox;
  readonly clients: GrantClients;
  readonly connectors: ConnectorReader;
  readonly events: GrantEvents;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly logger: Logger;
}

/** Life and death of grants, see the contract {@link GrantService}. */
export class StoredGrantService implements GrantService {
  readonly #deps: GrantServiceDeps;
  /** First attempts at revocation that run beside their callers. */
  readonly #background = new Set<Promise<unknown>>();
  /** Aborts them when the server stops; what they leave undone is in the outbox. */
  readonly #stopping = new AbortController();

  constructor(deps: GrantServiceDeps) {
    this.#deps = deps;
  }

  async saveGrant(request: Parameters<GrantService['saveGrant']>[0]): Promise<ConnectionView> {
    const { connector, client, profileUid, grant } = request;
    const { store, outbox, clock, randomness, events } = this.#deps;
    const key: PersonKey = { scope: 'per-user', connectorId: connector.id, profileUid };
    const fresh = {
      generation: randomness.uuid(),
      clientFingerprint: client.fingerprint,
      spaceId: connector.spaceId,
      ...changesAfterGrant(undefined, grant, client.defaultLifetimeSeconds),
      state: 'connected' as const,
      stateSince: new Date(clock.now()),
    };
    for (let tries = 0; tries < MOST_TRIES; tries += 1) {
      const previous = await this.#readOrClear(key);
      const saved =
        previous === undefined
          ? await store.create(key, fresh)
          : await store.compareAndSet(previous, fresh);
      if (saved === undefined) continue;
      const { configuration } = client;
      await outbox.withdraw(key, { configuration, accountId: grant.account?.id });
      events.emit({ type: 'connected', connectorId: connector.id, profileUid });
      return connectionViewOf(key, saved, clock.now());
    }
    throw tooContended();
  }

  async endGrant(request: Parameters<GrantService['endGrant']>[0]): Promise<boolean> {
    const { connectorId, profileUid, reason, actor } = request;
    const key: PersonKey = { scope: 'per-user', connectorId, profileUid };
    const record = await this.#readOrClear(key);
    if (record === undefined) return false;
    const client = await this.#clientFor(record);
    const ended = await this.#end(key, client, reason, actor);
    if (ended) await this.#atMost(FIRST_ATTEMPT_WAIT_MS, this.#attemptInBackground(key));
    return ended;
  }

  async endGrantsOfConnector(
    request: Parameters<GrantService['endGrantsOfConnector']>[0],
  ): Promise<number> {
    const { connector, reason, actor } = request;
    const client = this.#clientOf(connector);
    await this.#forgetShared(connector.id);
    return this.#endMany({ connectorId: connector.id }, (record) =>
      this.#end(record.key, client, reason, actor),
    );
  }

  async endGrantsOfPerson(
    request: Parameters<GrantService['endGrantsOfPerson']>[0],
  ): Promise<number> {
    const { profileUid, reason, actor } = request;
    return this.#endMany({ profileUid }, async (record) =>
      this.#end(record.key, await this.#clientFor(record), reason, actor),
    );
  }

  async markPending(request: Parameters<GrantService['markPending']>[0]): Promise<void> {
    const { connector, profileUid, until } = request;
    const { store, randomness, clock, clients } = this.#deps;
    const key: PersonKey = { scope: 'per-user', connectorId: connector.id, profileUid };
    const record = await this.#readOrClear(key);
    if (until === undefined) {
      if (record?.state === 'pending') await store.delete(record);
      return;
    }
    const pending = {
      state: 'pending' as const,
      stateSince: new Date(clock.now()),
      pendingUntil: until,
    };
    if (record === undefined) {
      const clientFingerprint = clients.forConnector(connector).fingerprint;
      const generation = randomness.uuid();
      await store.create(key, {
        ...pending,
        generation,
        clientFingerprint,
        spaceId: connector.spaceId,
      });
    } else if (record.state === 'pending' || record.state === 'ended') {
      await store.compareAndSet(record, { ...pending, lastError: undefined });
    }
  }

  async getConnections(
    profileUid: string,
    connectors: readonly { readonly id: string }[],
  ): Promise<ReadonlyMap<string, ConnectionView>> {
    const ids = connectors.map(({ id }) => id);
    const nowMs = this.#deps.clock.now();
    const records = await this.#readAll(profileUid, ids);
    return new Map(
      ids.map((connectorId) => {
        const key: PersonKey = { scope: 'per-user', connectorId, profileUid };
        const record = records.get(connectorId);
        return [
          connectorId,
          record === 'undecryptable' || record === 'newer_version'
            ? unreadableConnectionView(key, record, new Date(nowMs))
            : connectionViewOf(key, record, nowMs),
        ];
      }),
    );
  }

  /** Ends what nobody has used since `before`, revoking it, and sweeps documents that hold no grant any more. */
  async endStale(before: Date, signal: AbortSignal): Promise<number> {
    return this.#endMany(
      { lastUsedBefore: before },
      async (record) => {
        if (record.state === 'pending' || record.state === 'ended') {
          await this.#deps.store.delete(record);
          return false;
        }
        return this.#end(record.key, await this.#clientFor(record), 'stale', undefined);
      },
      signal,
    );
  }

  /** Waits for first attempts at revocation, at most `timeoutMs`, then aborts them, for an orderly stop; what is left is in the outbox. */
  async drain(timeoutMs: number): Promise<void> {
    await this.#atMost(timeoutMs, Promise.allSettled([...this.#background]));
    this.#stopping.abort();
    await Promise.allSettled([...this.#background]);
  }

  /**
   * Outbox first, then the grant's document: a crash in between leaves an entry that acts only once the grant has stopped. Every lost race starts
   * over with the tokens that are stored now, so a refresh in progress cannot bring the grant back.
   */
  async #end(
    key: GrantKey,
    client: GrantClient | undefined,
    reason: EndReason,
    actor: Principal | undefined,
  ): Promise<boolean> {
    const { store, outbox, clock, events } = this.#deps;
    for (let tries = 0; tries < MOST_TRIES; tries += 1) {
      const record = await this.#readOrClear(key);
      if (record === undefined || !isUsable(record)) return false;
      const tokens = tokensOf(record);
      // Tokens of another client must never be shown to this one (attack 114).
      const revocable =
        client !== undefined &&
        client.fingerprint === record.clientFingerprint &&
        tokens.length > 0;
      if (revocable) {
        const { configuration } = client;
        await outbox.put({
          key,
          generation: record.generation,
          configuration,
          tokens,
          accountId: record.account?.id,
        });
      }
      const now = new Date(clock.now());
      const ended = await store.compareAndSet(record, {
        ...NOTHING_LEFT,
        state: revocable ? 'revocation_pending' : 'ended',
        stateSince: now,
        lastError: revocable ? undefined : { code: 'revocation_unsupported', at: now },
      });
      if (ended === undefined) continue;
      const profileUid = key.scope === 'per-user' ? key.profileUid : undefined;
      events.emit({ type: 'ended', connectorId: key.connectorId, profileUid, reason, actor });
      return true;
    }
    throw tooContended();
  }

  /** One grant that cannot be ended does not keep the others alive. @throws what the first of those that failed threw, at the end */
  async #endMany(
    selection: Parameters<GrantStore['walk']>[0],
    end: (record: GrantRecord) => Promise<boolean>,
    signal?: AbortSignal,
  ): Promise<number> {
    let ended = 0;
    let failure: PromiseRejectedResult | undefined;
    for await (const batch of this.#deps.store.walk(selection)) {
      for (let from = 0; from < batch.length && !signal?.aborted; from += AT_ONCE) {
        const some = batch.slice(from, from + AT_ONCE);
        const results = await Promise.allSettled(some.map(end));
        some.forEach((record, index) => {
          const result = results[index];
          if (result?.status === 'rejected') failure ??= result;
          if (result?.status !== 'fulfilled' || !result.value) return;
          this.#attemptInBackground(record.key);
          ended += 1;
        });
      }
    }
    if (failure !== undefined) throw failure.reason;
    return ended;
  }

  /** Never rejects. */
  #attemptInBackground(key: GrantKey): Promise<unknown> {
    const attempt = this.#deps.outbox
      .attempt(key, this.#stopping.signal)
      .catch((error) => this.#complain(error, key.connectorId))
      .finally(() => this.#background.delete(attempt));
    this.#background.add(attempt);
    return attempt;
  }

  /** Resolves when `work` has, or after `timeoutMs`. */
  async #atMost(timeoutMs: number, work: Promise<unknown>): Promise<void> {
    const done = new AbortController();
    const patience = this.#deps.clock.sleep(timeoutMs, done.signal).catch(() => undefined);
    await Promise.race([work, patience]);
    done.abort();
  }

  /** `undefined`: the connector is gone, incomplete, or nobody can read its secrets, so nothing can be revoked; the grant ends here all the same. */
  async #clientFor({ key, spaceId }: GrantRecord): Promise<GrantClient | undefined> {
    try {
      const connector = await this.#deps.connectors.readDecrypted(key.connectorId, spaceId);
      return connector && this.#clientOf(connector);
    } catch (error) {
      if (error instanceof SavedObjectError && error.code === 'undecryptable') return undefined;
      throw error;
    }
  }

  #clientOf(connector: DecryptedConnector): GrantClient | undefined {
    try {
      return this.#deps.clients.forConnector(connector);
    } catch (error) {
      // An incomplete configuration cannot revoke; the grant ends here all the same.
      if (error instanceof ConnectorConfigurationError) return undefined;
      throw error;
    }
  }

  async #forgetShared(connectorId: string): Promise<void> {
    await this.#deps.store.deleteUnreadable({ scope: 'shared', connectorId });
  }

  /** A row nobody can decrypt holds nothing worth keeping once its owner or an administrator acts on it. */
  async #readOrClear(key: GrantKey): Promise<GrantRecord | undefined> {
    try {
      return await this.#deps.store.read(key);
    } catch (error) {
      if (!(error instanceof SavedObjectError && error.code === 'undecryptable')) throw error;
      this.#deps.logger.warn(`Removed unreadable tokens of connector [${key.connectorId}]`, {
        error,
      });
      await this.#deps.store.deleteUnreadable(key);
      return undefined;
    }
  }

  async #readAll(
    profileUid: string,
    ids: readonly string[],
  ): Promise<Map<string, GrantRecord | UnreadableReason>> {
    const { store } = this.#deps;
    try {
      const records = await store.readMany(profileUid, ids);
      return new Map(records.map((record) => [record.key.connectorId, record]));
    } catch (error) {
      if (unreadableReasonOf(error) === undefined) throw error;
    }
    // One damaged row costs one row: look at each by itself.
    const found = new Map<string, GrantRecord | UnreadableReason>();
    for (const connectorId of ids) {
      try {
        const record = await store.read({ scope: 'per-user', connectorId, profileUid });
        if (record !== undefined) found.set(connectorId, record);
      } catch (error) {
        const reason = unreadableReasonOf(error);
        if (reason === undefined) throw error;
        found.set(connectorId, reason);
      }
    }
    return found;
  }

  #complain(error: unknown, connectorId: string): void {
    this.#deps.logger.warn(`Revocation for connector [${connectorId}] will be tried again later`, {
      error,
    });
  }
}

/** What an ended grant loses. */
const NOTHING_LEFT = {
  accessToken: undefined,
  refreshToken: undefined,
  expiresAt: undefined,
  refreshTokenExpiresAt: undefined,
  nextAttemptAt: undefined,
  refresh: undefined,
} as const;

/** Refresh token first; the access token without its type. */
function tokensOf(record: GrantRecord): TokenToRevoke[] {
  const bare = record.accessToken?.slice(record.accessToken.indexOf(' ') + 1);
  return [
    ...(record.refreshToken === undefined
      ? []
      : [{ token: record.refreshToken, kind: 'refresh_token' as const }]),
    ...(bare === undefined || bare === '' ? [] : [{ token: bare, kind: 'access_token' as const }]),
  ];
}

function tooContended(): TokenUnavailableError {
  return new TokenUnavailableError(
    'refresh_in_progress',
    'This connection is being changed by others. Try again in a moment.',
  );
}
