import type { Clock, Logger, Principal, Randomness } from '@latchkey/core/server';
import { SavedObjectError } from '@latchkey/saved-objects';
import type { ConnectorReader, DecryptedConnector, GrantClients } from '../../types.ts';
import { ConnectorConfigurationError } from '../strategies/index.ts';
import type { Revoker, Tokens, UsableGrants } from '../tokens/index.ts';
import { EndingError } from './ending_error.ts';
import {
  countsOf,
  type EndingCounts,
  type EndingRun,
  type EndingScope,
  requesterOf,
} from './ending_run.ts';
import type { EndingQuery, EndingStore } from './ending_store.ts';
import type { EndingAttributes } from './ending_type.ts';
import type { EndingWorker } from './ending_worker.ts';
import { type HasAccess, MeantGrants } from './meant_grants.ts';

/** Milliseconds an edit or a deletion waits for its grants to end; the rest goes on in the background. */
const INLINE_MS = 2000;
/** Milliseconds after which a run that nobody works on was left by a crash. */
const ABANDONED_AFTER_MS = 60_000;
const KEPT_MS = 30 * 24 * 60 * 60_000;
/** Milliseconds between two counts of what waits for providers. */
const [SHORTEST_PAUSE_MS, LONGEST_PAUSE_MS] = [10_000, 15 * 60_000];
const MOST_TRIES = 20;

/** What {@link Endings} works with. */
export interface EndingsDeps {
  readonly runs: EndingStore;
  readonly worker: EndingWorker;
  readonly tokens: Pick<Tokens, 'store' | 'outbox' | 'ender' | 'grants'>;
  readonly connectors: ConnectorReader;
  readonly clients: Pick<GrantClients, 'forConnector'>;
  readonly hasAccess: HasAccess;
  /** Has the run worked on by some process, soon. */
  readonly schedule: (endingId: string) => Promise<void>;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly logger: Logger;
}

/** An ending that is recorded and not begun: the edit or deletion it follows has not been written. */
export type PreparedEnding = Pick<EndingRun, 'id'> & { readonly attributes: EndingAttributes };

/** A run as administrators see it. */
export interface EndingView {
  readonly run: EndingRun;
  readonly counts: EndingCounts;
}

/** Ends many grants by runs that are stored, worked off in pages, and go on after a crash. */
export class Endings {
  readonly #deps: EndingsDeps;

  constructor(deps: EndingsDeps) {
    this.#deps = deps;
  }

  /**
   * Records that the grants of a connector are about to lose it, together with the client they can be revoked by. Call before the edit or deletion is
   * written; if this process dies in between, what is stored then decides whether it happened.
   */
  async prepare(request: {
    readonly connector: DecryptedConnector;
    readonly reason: 'connector_changed' | 'connector_deleted';
    readonly actor: Principal | undefined;
  }): Promise<PreparedEnding> {
    const { connector, reason, actor } = request;
    const client = this.#clientOf(connector);
    const attributes = this.#newRun({
      scope: 'connector',
      connectorId: connector.id,
      spaceId: connector.spaceId,
      reason,
      state: 'prepared',
      ...(client === undefined
        ? {}
        : { fingerprint: client.fingerprint, client: client.configuration }),
      ...requested(actor),
    });
    const id = this.#deps.randomness.uuid();
    await this.#deps.runs.create(id, attributes);
    return { id, attributes };
  }

  /**
   * Begins what was prepared, now that it is written. Resolves when every grant is over, or after two seconds: then the run goes on in the background.
   * A run that found nothing to end is forgotten.
   */
  async begin(prepared: PreparedEnding): Promise<EndingRun> {
    const run = await this.#start(prepared);
    const patience = new AbortController();
    const done = new AbortController();
    this.#deps.clock.sleep(INLINE_MS, done.signal).then(
      () => patience.abort(),
      () => undefined,
    );
    const { randomness, worker, runs, logger } = this.#deps;
    try {
      const id = `inline:${randomness.uuid()}`;
      const worked = await worker.work(run.id, id, patience.signal);
      return await this.#afterwards(worked ?? (await runs.read(run.id)) ?? run);
    } catch (error) {
      // The change is written and the run with it: nobody has to repeat anything, some process goes on with it.
      logger.warn(`Run [${run.id}] goes on later`, { error });
      return run;
    } finally {
      done.abort();
    }
  }

  /** The edit or deletion failed, perhaps after all it did not: what is stored decides. Never rejects; a later look finds what this one cannot. */
  async abandon({ id }: PreparedEnding): Promise<void> {
    try {
      const run = await this.#deps.runs.read(id);
      if (run?.state === 'prepared') await this.#resolve(run);
    } catch (error) {
      this.#deps.logger.warn(`Run [${id}] is looked at again later`, { error });
    }
  }

  /** Begins to end all grants of a scope that exist now, and leaves the work to the background. */
  async startRun(
    scope: EndingScope,
    how: { readonly reason: EndingAttributes['reason']; readonly actor: Principal | undefined },
  ): Promise<EndingRun> {
    const { runs, clock, randomness, tokens } = this.#deps;
    const { type, ...what } = scope;
    const fresh = this.#newRun({
      scope: type,
      ...what,
      reason: how.reason,
      state: 'running',
      startedAt: new Date(clock.now()).toISOString(),
      ...requested(how.actor),
    });
    const usable = narrowed(scope);
    const counted = usable === undefined ? 0 : await tokens.store.count({ usable });
    const run = await runs.create(randomness.uuid(), { ...fresh, total: counted });
    await this.#deps.schedule(run.id);
    return run;
  }

  /**
   * Ends what a person may no longer use, in a task of its own: at most one run per person and reason, and none when there is nothing to end.
   * @returns how many grants are over; the rest of the run, if any, goes on in the background
   */
  async endForPerson(
    profileUid: string,
    reason: 'user_removed' | 'access_lost',
    signal: AbortSignal,
  ): Promise<number> {
    const { runs, randomness, schedule } = this.#deps;
    const { runs: before } = await runs.list({
      page: 1,
      perPage: 100,
      profileUid,
      state: 'running',
    });
    let run = before.find((other) => other.reason === reason);
    if (run === undefined) {
      const fresh = this.#newRun({
        scope: 'person',
        profileUid,
        reason,
        state: 'running',
        startedAt: new Date(this.#deps.clock.now()).toISOString(),
      });
      if ((await this.#count({ ...fresh, id: 'none', version: '' })) === 0) return 0;
      run = await runs.create(randomness.uuid(), fresh);
    }
    if ((await this.workOn(run.id, signal)) !== undefined) await schedule(run.id);
    return (await runs.read(run.id))?.ended ?? 0;
  }

  /** How many grants a run of this scope would end now. */
  async dryRun(scope: EndingScope): Promise<number> {
    const { tokens, clock } = this.#deps;
    const { type, ...what } = scope;
    const usable = narrowed(scope);
    if (usable !== undefined) return tokens.store.count({ usable });
    const attributes = this.#newRun({
      scope: type,
      ...what,
      reason: 'mass_revoke',
      state: 'running',
      startedAt: new Date(clock.now()).toISOString(),
    });
    return this.#count({ ...attributes, id: 'dry', version: '' });
  }

  /** @throws EndingError `ending_not_found` */
  async get(id: string): Promise<EndingView> {
    const run = await this.#deps.runs.read(id);
    if (run === undefined) throw notFound(id);
    return this.#view(run);
  }

  /** Newest first. Numbers of what waits are those of the last count. */
  async list(query: EndingQuery): Promise<{ views: readonly EndingView[]; total: number }> {
    const { runs, total } = await this.#deps.runs.list(query);
    const views = await Promise.all(runs.map((run) => this.#view(run)));
    return { views, total };
  }

  /**
   * Stops a mass revocation. What it has ended stays ended, and a page under way is finished.
   * @throws EndingError `ending_not_found`, `ending_over`, `ending_cannot_be_cancelled`
   */
  async cancel(id: string): Promise<EndingView> {
    const { runs, clock } = this.#deps;
    for (let tries = 0; tries < MOST_TRIES; tries += 1) {
      const run = await runs.read(id);
      if (run === undefined) throw notFound(id);
      if (run.reason !== 'mass_revoke')
        throw new EndingError(
          'ending_cannot_be_cancelled',
          'It follows an edit, a deletion or a person who left: those grants cannot go on.',
        );
      if (run.state !== 'running') throw new EndingError('ending_over', `Run [${id}] is over.`);
      const finishedAt = new Date(clock.now()).toISOString();
      const cancelled = await runs.change(run, { state: 'cancelled', finishedAt });
      if (cancelled !== undefined) return this.#view(cancelled);
    }
    throw new EndingError('ending_over', `Run [${id}] is changing all the time. Try again.`);
  }

  /**
   * Works on a run for as long as `signal` lets it, then has its tokens revoked. One process at a time does this for one run.
   * @returns when to look again; `undefined`: nothing is left to do
   */
  async workOn(id: string, signal: AbortSignal): Promise<Date | undefined> {
    const { runs, worker, tokens, clock, randomness } = this.#deps;
    const found = await runs.read(id);
    if (found?.state === 'prepared') await this.#resolve(found);
    let run = await worker.work(id, `task:${randomness.uuid()}`, signal);
    if (run === undefined || run.isSettled) return undefined;
    if (run.state === 'running') return new Date(clock.now());
    await tokens.outbox.workOff(signal, { endingId: id });
    run = await worker.settle((await runs.read(id)) ?? run);
    if (run.isSettled) return undefined;
    const age = clock.now() - Date.parse(run.finishedAt ?? run.createdAt);
    return new Date(clock.now() + Math.min(LONGEST_PAUSE_MS, Math.max(SHORTEST_PAUSE_MS, age / 4)));
  }

  /** Finds runs that a crash left without anybody to work on them, and forgets those that have long been over. */
  async sweep(signal: AbortSignal): Promise<void> {
    const { runs, clock } = this.#deps;
    const longAgo = new Date(clock.now() - KEPT_MS);
    for await (const batch of runs.walkUnsettled()) {
      for (const run of batch) {
        if (signal.aborted) return;
        if (clock.now() - Date.parse(run.startedAt ?? run.createdAt) >= ABANDONED_AFTER_MS)
          await this.#deps.schedule(run.id);
      }
    }
    for await (const batch of runs.walkSettledBefore(longAgo))
      for (const run of batch) if (!signal.aborted) await runs.remove(run);
  }

  async #start(prepared: PreparedEnding): Promise<EndingRun> {
    const { runs, clock } = this.#deps;
    const startedAt = new Date(clock.now()).toISOString();
    for (let tries = 0; tries < MOST_TRIES; tries += 1) {
      const run = await runs.read(prepared.id);
      const started = { state: 'running', startedAt } as const;
      if (run === undefined)
        return runs.create(prepared.id, { ...prepared.attributes, ...started });
      if (run.state !== 'prepared') return run;
      const changed = await runs.change(run, started);
      if (changed !== undefined) return changed;
    }
    throw new EndingError('ending_over', 'The run is changing all the time. Try again.');
  }

  /** Whether the edit or deletion happened is what the connector itself tells. */
  async #resolve(run: EndingRun): Promise<void> {
    if (!(await this.#hasHappened(run))) {
      await this.#deps.runs.remove(run);
      return;
    }
    const startedAt = new Date(this.#deps.clock.now()).toISOString();
    const started = await this.#deps.runs.change(run, { state: 'running', startedAt });
    if (started !== undefined) await this.#deps.schedule(run.id);
  }

  async #hasHappened({
    connectorId = '',
    spaceId = '',
    reason,
    fingerprint,
  }: EndingRun): Promise<boolean> {
    let present: DecryptedConnector | undefined;
    try {
      present = await this.#deps.connectors.readDecrypted(connectorId, spaceId);
    } catch (error) {
      if (!(error instanceof SavedObjectError && error.code === 'undecryptable')) throw error;
      // It is there, as unreadable as before.
      return false;
    }
    if (present === undefined) return true;
    return reason === 'connector_changed' && this.#clientOf(present)?.fingerprint !== fingerprint;
  }

  async #afterwards(run: EndingRun): Promise<EndingRun> {
    const { runs, worker, tokens, schedule } = this.#deps;
    if (run.state === 'running') {
      await schedule(run.id);
      return run;
    }
    if (run.ended === 0 && run.failed === 0) {
      await runs.remove(run);
      return run;
    }
    tokens.grants.inBackground(async (signal) => {
      await tokens.outbox.workOff(signal, { endingId: run.id });
      const settled = await worker.settle((await runs.read(run.id)) ?? run);
      if (!settled.isSettled) await schedule(run.id);
    });
    return run;
  }

  /** Looks at each grant. */
  async #count(run: EndingRun): Promise<number> {
    const { tokens, hasAccess, clock } = this.#deps;
    const meant = new MeantGrants(run, undefined, {
      ender: tokens.ender,
      hasAccess,
      nowMs: () => clock.now(),
    });
    let found = 0;
    for await (const batch of tokens.store.walk({ usable: meant.selection }))
      for (const record of batch) if (await meant.includes(record)) found += 1;
    return found;
  }

  async #view(run: EndingRun): Promise<EndingView> {
    const isOver = run.isSettled || run.state === 'prepared';
    const waiting = isOver ? run.waiting : await this.#deps.tokens.outbox.countWaiting(run.id);
    return { run, counts: countsOf(run, waiting) };
  }

  #clientOf(connector: DecryptedConnector): Revoker | undefined {
    try {
      return this.#deps.clients.forConnector(connector);
    } catch (error) {
      if (error instanceof ConnectorConfigurationError) return undefined;
      throw error;
    }
  }

  #newRun(
    over: Pick<EndingAttributes, 'scope' | 'reason' | 'state'> & Partial<EndingAttributes>,
  ): EndingAttributes {
    return {
      isSettled: false,
      createdAt: new Date(this.#deps.clock.now()).toISOString(),
      total: 0,
      ended: 0,
      unrevocable: 0,
      failed: 0,
      fates: { failed: 0, unsupported: 0, replaced: 0 },
      waiting: 0,
      ...over,
    };
  }
}

/** The grants of a scope, where a search can tell them; `undefined`: each has to be looked at. */
function narrowed(scope: EndingScope): UsableGrants | undefined {
  switch (scope.type) {
    case 'connector':
      return { connectorId: scope.connectorId };
    case 'person':
      return { profileUid: scope.profileUid };
    case 'provider':
      return undefined;
    case 'all':
      return {};
    default:
      return scope satisfies never;
  }
}

function requested(actor: Principal | undefined): Pick<EndingAttributes, 'requestedBy'> | object {
  const requestedBy = requesterOf(actor);
  return requestedBy === undefined ? {} : { requestedBy };
}

function notFound(id: string): EndingError {
  return new EndingError('ending_not_found', `Run [${id}] does not exist.`);
}
