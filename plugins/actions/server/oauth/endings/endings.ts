import type { Clock, Principal, Randomness } from '@latchkey/core/server';
import type { GrantRecord, Tokens, UsableGrants } from '../tokens/index.ts';
import type { ConnectorEndings } from './connector_endings.ts';
import { EndingError } from './ending_error.ts';
import { countsOf, type EndingCounts, type EndingRun, type EndingScope } from './ending_run.ts';
import type { EndingQuery, EndingStore } from './ending_store.ts';
import type { EndingAttributes } from './ending_type.ts';
import type { EndingWorker } from './ending_worker.ts';
import { endForLeavers, type LeaverSearch, type People } from './leavers.ts';
import { type HasAccess, MeantGrants } from './meant_grants.ts';
import { newRun } from './new_run.ts';

/** Milliseconds after which a run that nobody works on was left by a crash. */
const ABANDONED_AFTER_MS = 60_000;
const KEPT_MS = 30 * 24 * 60 * 60_000;
/** Milliseconds between two looks at what waits for providers, or cannot be ended now. */
const [SHORTEST_PAUSE_MS, LONGEST_PAUSE_MS] = [10_000, 15 * 60_000];
const MOST_TRIES = 20;

/** What {@link Endings} works with. */
export interface EndingsDeps {
  readonly runs: EndingStore;
  readonly worker: EndingWorker;
  readonly tokens: Pick<Tokens, 'store' | 'outbox' | 'ender'>;
  readonly ofConnectors: Pick<ConnectorEndings, 'resolveLeft'>;
  readonly hasAccess: HasAccess;
  /** Has the run worked on by some process, soon. */
  readonly schedule: (endingId: string) => Promise<void>;
  readonly clock: Clock;
  readonly randomness: Randomness;
}

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

  /** Begins to end all grants of a scope that exist now, and leaves the work to the background. */
  async startRun(
    scope: EndingScope,
    how: { readonly reason: EndingAttributes['reason']; readonly actor: Principal | undefined },
  ): Promise<EndingRun> {
    const { runs, clock, randomness, tokens } = this.#deps;
    const { type, ...what } = scope;
    const { reason, actor } = how;
    const fresh = newRun(clock, { scope: type, ...what, reason, state: 'running' }, actor);
    const usable = narrowed(scope);
    const counted = usable === undefined ? 0 : await tokens.store.count({ usable });
    const run = await runs.create(randomness.uuid(), { ...fresh, total: counted });
    await this.#deps.schedule(run.id);
    return run;
  }

  /**
   * Ends what a person may no longer use, in a task of its own. A run that goes on is joined if it will end all there is, which one of an earlier leave
   * may not: none when there is nothing to end, and no second one because a task was tried again.
   * @returns how many grants are over; the rest of the run, if any, goes on in the background
   */
  async endForPerson(
    profileUid: string,
    reason: 'user_removed' | 'access_lost',
    signal: AbortSignal,
  ): Promise<number> {
    const { runs, randomness, clock } = this.#deps;
    const what = { scope: 'person', profileUid, reason, state: 'running' } as const;
    const fresh = newRun(clock, what, undefined);
    let run = await this.#lastOf(await this.#runningOf(profileUid, reason), fresh);
    if (run === undefined) {
      if ((await this.#count(unsaved(fresh))) === 0) return 0;
      run = await runs.create(randomness.uuid(), fresh);
    }
    return this.#workOnNow(run.id, signal);
  }

  /**
   * As {@link endForPerson} for somebody who left and is back: goes on with the run of that leave, which spares what was authorized since, and begins none.
   */
  async goOnForPerson(
    profileUid: string,
    reason: 'user_removed' | 'access_lost',
    signal: AbortSignal,
  ): Promise<number> {
    const [newest] = await this.#runningOf(profileUid, reason);
    return newest === undefined ? 0 : this.#workOnNow(newest.id, signal);
  }

  /**
   * Ends what people still hold who are gone, should nobody have been told that they left: a crash, or a callback that was served with what its process
   * remembered. Looks at every grant.
   */
  endForLeavers(people: People, signal: AbortSignal): Promise<LeaverSearch> {
    const { tokens, randomness } = this.#deps;
    const endForPerson = (profileUid: string) =>
      this.endForPerson(profileUid, 'user_removed', signal);
    return endForLeavers(people, { grants: tokens.store, endForPerson, randomness }, signal);
  }

  /** The runs that end what a person holds, newest first. */
  async #runningOf(
    profileUid: string,
    reason: EndingAttributes['reason'],
  ): Promise<readonly EndingRun[]> {
    const query = { page: 1, perPage: 100, profileUid, state: 'running' } as const;
    const { runs } = await this.#deps.runs.list(query);
    return runs.filter((run) => run.reason === reason && run.scope === 'person');
  }

  async #workOnNow(id: string, signal: AbortSignal): Promise<number> {
    if ((await this.workOn(id, signal)) !== undefined) await this.#deps.schedule(id);
    return (await this.#deps.runs.read(id))?.ended ?? 0;
  }

  /** The newest of these runs, if it ends everything a fresh one would end now. */
  async #lastOf(
    [newest]: readonly EndingRun[],
    fresh: EndingAttributes,
  ): Promise<EndingRun | undefined> {
    if (newest === undefined) return undefined;
    const meant = this.#meantBy(newest);
    for await (const record of this.#walkMeant(unsaved(fresh)))
      if (!(await meant.includes(record))) return undefined;
    return newest;
  }

  /** How many grants a run of this scope would end now. */
  async dryRun(wanted: EndingScope): Promise<number> {
    const { tokens, clock } = this.#deps;
    const usable = narrowed(wanted);
    if (usable !== undefined) return tokens.store.count({ usable });
    const { type: scope, ...what } = wanted;
    const how = { scope, ...what, reason: 'mass_revoke', state: 'running' } as const;
    return this.#count(unsaved(newRun(clock, how, undefined)));
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
   * Works on a run until `signal` aborts, then has its tokens revoked. One process at a time does
   * this for a run.
   * @param tries how often the run was tried before
   * @returns when to try again; `undefined`: nothing is left to do
   */
  async workOn(id: string, signal: AbortSignal, tries = 0): Promise<Date | undefined> {
    const { runs, worker, tokens, clock, randomness } = this.#deps;
    const found = await runs.read(id);
    if (found?.state === 'prepared') await this.#deps.ofConnectors.resolveLeft(found);
    let run = await worker.work(id, `task:${randomness.uuid()}`, signal, tries);
    if (run === undefined || run.isSettled || run.state === 'prepared') return undefined;
    if (run.state === 'running')
      return run.failed === 0 ? new Date(clock.now()) : this.#later(run.startedAt ?? run.createdAt);
    await tokens.outbox.workOff(signal, { endingId: id });
    run = await worker.settle((await runs.read(id)) ?? run);
    if (run.isSettled) return undefined;
    return this.#later(run.finishedAt ?? run.createdAt);
  }

  /** The older, the later. */
  #later(since: string): Date {
    const now = this.#deps.clock.now();
    const pause = Math.max(SHORTEST_PAUSE_MS, (now - Date.parse(since)) / 4);
    return new Date(now + Math.min(LONGEST_PAUSE_MS, pause));
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

  async #count(run: EndingRun): Promise<number> {
    let found = 0;
    for await (const _ of this.#walkMeant(run)) found += 1;
    return found;
  }

  /** Looks at each grant. */
  async *#walkMeant(run: EndingRun): AsyncIterable<GrantRecord> {
    const meant = this.#meantBy(run);
    for await (const batch of this.#deps.tokens.store.walk({ usable: meant.selection }))
      for (const record of batch) if (await meant.includes(record)) yield record;
  }

  #meantBy(run: EndingRun): MeantGrants {
    const { tokens, hasAccess, clock } = this.#deps;
    return new MeantGrants(run, undefined, {
      ender: tokens.ender,
      hasAccess,
      nowMs: () => clock.now(),
    });
  }

  async #view(run: EndingRun): Promise<EndingView> {
    const isOver = run.isSettled || run.state === 'prepared';
    const waiting = isOver ? run.waiting : await this.#deps.tokens.outbox.countWaiting(run.id);
    return { run, counts: countsOf(run, waiting) };
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

/** A run to decide by, before there is one. */
function unsaved(attributes: EndingAttributes): EndingRun {
  return { ...attributes, id: 'none', version: '' };
}

function notFound(id: string): EndingError {
  return new EndingError('ending_not_found', `Run [${id}] does not exist.`);
}
