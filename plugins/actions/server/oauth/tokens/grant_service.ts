import type { Clock, Logger, Randomness } from '@latchkey/core/server';
import type {
  ConnectionView,
  ConnectorReader,
  GrantClient,
  GrantClients,
  GrantService,
} from '../../types.ts';
import {
  connectionViewOf,
  outdatedConnectionView,
  type UnreadableReason,
  unreadableConnectionView,
  unreadableReasonOf,
} from './connection_status.ts';
import { type EndOutcome, type GrantEnder, tooContended } from './grant_ender.ts';
import type { GrantEvents } from './grant_events.ts';
import type { GrantKey } from './grant_key.ts';
import { type GrantRecord, isUsable } from './grant_record.ts';
import type { GrantStore } from './grant_store.ts';
import { PresentFingerprints } from './present_fingerprints.ts';
import { changesAfterGrant } from './refresh_outcome.ts';
import type { RevocationOutbox } from './revocation_outbox.ts';
import { isReplaced } from './revoke_grant.ts';

const AT_ONCE = 10;
/** Milliseconds a person waits for the provider's answer to a disconnect; the attempt goes on without them. */
const FIRST_ATTEMPT_WAIT_MS = 3000;
const MOST_TRIES = 20;

type PersonKey = Extract<GrantKey, { scope: 'per-user' }>;

/** What {@link StoredGrantService} works with. */
export interface GrantServiceDeps {
  readonly store: GrantStore;
  readonly outbox: RevocationOutbox;
  readonly ender: GrantEnder;
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

  readonly #present: PresentFingerprints;

  constructor(deps: GrantServiceDeps) {
    this.#deps = deps;
    this.#present = new PresentFingerprints(deps.connectors, deps.clients);
  }

  async saveGrant(request: Parameters<GrantService['saveGrant']>[0]): Promise<ConnectionView> {
    const { connector, client, profileUid, grant } = request;
    const { store, ender, clock, randomness } = this.#deps;
    const key: PersonKey = { scope: 'per-user', connectorId: connector.id, profileUid };
    const fresh = {
      generation: request.generation ?? randomness.uuid(),
      clientFingerprint: client.fingerprint,
      spaceId: connector.spaceId,
      ...changesAfterGrant(undefined, grant, client.defaultLifetimeSeconds),
      state: 'connected' as const,
      stateSince: new Date(clock.now()),
      authorizedAt: new Date(clock.now()),
      lastUsedAt: undefined,
    };
    for (let tries = 0; tries < MOST_TRIES; tries += 1) {
      const previous = await ender.readOrClear(key);
      // An earlier try was written after all, and perhaps ended since: whoever ended it must not find it back.
      if (previous?.generation === fresh.generation) return this.#saved(key, previous, client);
      const isQueued =
        previous !== undefined &&
        (await this.#revokeIfAnother(previous, client, grant.account?.id));
      const saved =
        previous === undefined
          ? await store.create(key, fresh)
          : await store.compareAndSet(previous, fresh);
      if (saved === undefined) continue;
      const view = await this.#saved(key, saved, client);
      if (isQueued) this.#attemptInBackground(key);
      return view;
    }
    throw tooContended();
  }

  async #saved(key: PersonKey, saved: GrantRecord, client: GrantClient): Promise<ConnectionView> {
    const { events, clock } = this.#deps;
    const { connectorId, profileUid } = key;
    if (isUsable(saved)) {
      await this.#withdraw(key, client, saved.account?.id);
      events.emit({ type: 'connected', connectorId, profileUid });
    }
    return connectionViewOf(key, saved, clock.now());
  }

  /** The grant is stored whatever becomes of this: the outbox looks for a new grant before it sends a token. */
  async #withdraw(
    key: PersonKey,
    { configuration }: GrantClient,
    accountId: string | undefined,
  ): Promise<void> {
    try {
      await this.#deps.outbox.withdraw(key, { configuration, accountId });
    } catch (error) {
      this.#deps.logger.warn('A revocation that a new grant replaced is withdrawn later', {
        error,
      });
    }
  }

  async endGrant(request: Parameters<GrantService['endGrant']>[0]): Promise<boolean> {
    const { connectorId, profileUid, reason, actor, client } = request;
    const key: PersonKey = { scope: 'per-user', connectorId, profileUid };
    const outcome = await this.#deps.ender.end({
      key,
      reason,
      actor,
      ...(client === undefined ? {} : { revokerOf: async () => client }),
    });
    if (outcome === 'ended')
      await this.#atMost(FIRST_ATTEMPT_WAIT_MS, this.#attemptInBackground(key));
    return outcome === 'ended' || outcome === 'unrevocable';
  }

  /** Drops the token that all users of a connector share; it costs nothing to request another. */
  async forgetShared(connectorId: string): Promise<void> {
    await this.#deps.store.deleteUnreadable({ scope: 'shared', connectorId });
  }

  async markPending(request: Parameters<GrantService['markPending']>[0]): Promise<void> {
    const { connector, profileUid, until } = request;
    const { store, randomness, clock, clients } = this.#deps;
    const key: PersonKey = { scope: 'per-user', connectorId: connector.id, profileUid };
    const record = await this.#deps.ender.readOrClear(key);
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
    connectors: readonly { readonly id: string; readonly version?: string }[],
  ): Promise<ReadonlyMap<string, ConnectionView>> {
    const keys = connectors.map(
      ({ id: connectorId }): PersonKey => ({ scope: 'per-user', connectorId, profileUid }),
    );
    const versions = new Map(connectors.map(({ id, version }) => [id, version]));
    const views = await this.#viewsOf(keys, versions);
    return new Map(views.map((view) => [view.connectorId, view]));
  }

  /** One page of everybody's connections of one connector, those who came first first; whoever never finished an authorization is in it too. */
  async getConnectionsOf(
    connectorId: string,
    page: { readonly page: number; readonly perPage: number },
  ): Promise<{ readonly views: readonly ConnectionView[]; readonly total: number }> {
    const { grants, total } = await this.#deps.store.page(connectorId, page);
    const keys = grants.flatMap(({ key }) => (key.scope === 'per-user' ? [key] : []));
    return { views: await this.#viewsOf(keys, new Map()), total };
  }

  async #viewsOf(
    keys: readonly PersonKey[],
    versions: ReadonlyMap<string, string | undefined>,
  ): Promise<readonly ConnectionView[]> {
    const nowMs = this.#deps.clock.now();
    const found = await this.#readAll(keys);
    const records = found.filter((record) => typeof record === 'object');
    const outdated = await this.#present.findOutdated(records, versions);
    return keys.map((key, index) => {
      const record = found[index];
      if (typeof record === 'string') return unreadableConnectionView(key, record, new Date(nowMs));
      const view = connectionViewOf(key, record, nowMs);
      const isOutdated = record !== undefined && outdated.has(record);
      return isOutdated ? outdatedConnectionView(view, new Date(nowMs)) : view;
    });
  }

  /** Ends what nobody has used since `before`, revoking it, and sweeps documents that hold no grant any more. */
  async endStale(before: Date, signal: AbortSignal): Promise<number> {
    return this.#endMany(
      { lastUsedBefore: before },
      async (record) => {
        if (record.state === 'pending' || record.state === 'ended') {
          await this.#deps.store.delete(record);
          return 'absent';
        }
        const isMeant = (now: GrantRecord) => lastSignOfLife(now) < before;
        return this.#deps.ender.end({
          key: record.key,
          reason: 'stale',
          actor: undefined,
          isMeant,
        });
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
   * Tokens that a new grant overwrites are revoked only if they are of another client or account: a provider may know one grant per person and
   * client, and revoking the old one would end the new one. `true`: they are in the outbox.
   */
  async #revokeIfAnother(
    previous: GrantRecord,
    client: GrantClient,
    accountId: string | undefined,
  ): Promise<boolean> {
    if (!isUsable(previous)) return false;
    const isAnotherClient = previous.clientFingerprint !== client.fingerprint;
    const before = previous.account?.id;
    const isAnotherAccount =
      before !== undefined && accountId !== undefined && before !== accountId;
    if (!isAnotherClient && !isAnotherAccount) return false;
    const revoker = await this.#deps.ender.revokerOf(previous);
    if (revoker === undefined) return false;
    const { configuration } = client;
    const isSuccessor = isReplaced(
      {
        configuration: revoker.configuration,
        ...(before === undefined ? {} : { accountId: before }),
      },
      { configuration, ...(accountId === undefined ? {} : { accountId }) },
    );
    // Another host of the API, say: for the provider it is the same client and account.
    if (isSuccessor) return false;
    return this.#deps.ender.queueRevocation(previous, { revokerOf: async () => revoker });
  }

  /** One grant that cannot be ended does not keep the others alive. @throws what the first of those that failed threw, at the end */
  async #endMany(
    selection: Parameters<GrantStore['walk']>[0],
    end: (record: GrantRecord) => Promise<EndOutcome>,
    signal?: AbortSignal,
  ): Promise<number> {
    let ended = 0;
    let failure: PromiseRejectedResult | undefined;
    for await (const batch of this.#deps.store.walk(selection)) {
      for (let from = 0; from < batch.length && !signal?.aborted; from += AT_ONCE) {
        for (const result of await Promise.allSettled(batch.slice(from, from + AT_ONCE).map(end))) {
          if (result.status === 'rejected') failure ??= result;
          else if (result.value === 'ended' || result.value === 'unrevocable') ended += 1;
        }
      }
    }
    if (ended > 0) this.inBackground((stop) => this.#deps.outbox.workOff(stop));
    if (failure !== undefined) throw failure.reason;
    return ended;
  }

  #attemptInBackground(key: GrantKey): Promise<unknown> {
    return this.inBackground((signal) => this.#deps.outbox.attempt(key, signal));
  }

  /** Revokes beside its callers until the server stops; what it leaves undone is in the outbox. The promise never rejects. */
  inBackground(revoke: (signal: AbortSignal) => Promise<unknown>): Promise<unknown> {
    const work = revoke(this.#stopping.signal)
      .catch((error) => this.#deps.logger.warn('Revocation will be tried again later', { error }))
      .finally(() => this.#background.delete(work));
    this.#background.add(work);
    return work;
  }

  /** Resolves when `work` has, or after `timeoutMs`. */
  async #atMost(timeoutMs: number, work: Promise<unknown>): Promise<void> {
    const done = new AbortController();
    const patience = this.#deps.clock.sleep(timeoutMs, done.signal).catch(() => undefined);
    await Promise.race([work, patience]);
    done.abort();
  }

  async #readAll(
    keys: readonly PersonKey[],
  ): Promise<readonly (GrantRecord | UnreadableReason | undefined)[]> {
    const found = await this.#deps.store.readMany(keys);
    return found.map((record) => {
      if (!(record instanceof Error)) return record;
      const reason = unreadableReasonOf(record);
      if (reason === undefined) throw record;
      return reason;
    });
  }
}

/** When its owner last used it or authorized. */
function lastSignOfLife({ lastUsedAt, authorizedAt, createdAt }: GrantRecord): Date {
  const known = [lastUsedAt, authorizedAt, createdAt].map((date) => date?.getTime() ?? 0);
  return new Date(Math.max(...known));
}
