import type { Clock, Principal, Randomness } from '@latchkey/core/server';
import type { GrantRecord, Tokens, UsableGrants } from '../tokens/index.ts';
import type { ConnectorRevocation } from './connector_revocation.ts';
import { createJob } from './create_job.ts';
import { type OrphanScanResult, revokeOrphanedGrants, type Users } from './orphaned_grants.ts';
import {
  countsOf,
  type RevocationJob,
  type RevocationJobCounts,
  type RevocationScope,
} from './revocation_job.ts';
import { RevocationJobError } from './revocation_job_error.ts';
import type { RevocationJobRunner } from './revocation_job_runner.ts';
import type { RevocationJobQuery, RevocationJobStore } from './revocation_job_store.ts';
import type { RevocationJobAttributes } from './revocation_job_type.ts';
import { type HasAccess, RevocationSelector } from './revocation_selector.ts';

/** Milliseconds after which a run that nobody works on was left by a crash. */
const ABANDONED_AFTER_MS = 60_000;
const KEPT_MS = 30 * 24 * 60 * 60_000;
/** Milliseconds between two looks at what waits for providers, or cannot be ended now. */
const [SHORTEST_PAUSE_MS, MAX_BACKOFF_MS] = [10_000, 15 * 60_000];

/** What {@link Endings} works with. */
export interface MassRevocationDeps {
  readonly runs: RevocationJobStore;
  readonly worker: RevocationJobRunner;
  readonly tokens: Pick<Tokens, 'store' | 'outbox' | 'grantRevoker'>;
  readonly ofConnectors: Pick<ConnectorRevocation, 'resolveLeft'>;
  readonly hasAccess: HasAccess;
  /** Has the run worked on by some process, soon. */
  readonly schedule: (revocationJobId: string) => Promise<void>;
  readonly clock: Clock;
  readonly randomness: Randomness;
}

/** A run as administrators see it. */
export interface RevocationJobView {
  readonly run: RevocationJob;
  readonly counts: RevocationJobCounts;
}

/** Ends many grants by runs that are stored, worked off in pages, and go on after a crash. */
export class MassRevocationService {
  readonly #deps: MassRevocationDeps;

  constructor(deps: MassRevocationDeps) {
    this.#deps = deps;
  }

  /** Begins to end all grants of a scope that exist now, and leaves the work to the background. */
  async startRun(
    scope: RevocationScope,
    how: {
      readonly reason: RevocationJobAttributes['reason'];
      readonly actor: Principal | undefined;
    },
  ): Promise<RevocationJob> {
    const { runs, clock, randomness, tokens } = this.#deps;
    const { type, ...what } = scope;
    const { reason, actor } = how;
    const fresh = createJob(clock, { scope: type, ...what, reason, state: 'running' }, actor);
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
  async revokeForUser(
    profileUid: string,
    reason: 'user_removed' | 'access_lost',
    signal: AbortSignal,
  ): Promise<number> {
    const { runs, randomness, clock } = this.#deps;
    const what = { scope: 'user', profileUid, reason, state: 'running' } as const;
    const fresh = createJob(clock, what, undefined);
    let run = await this.#lastOf(await this.#runningOf(profileUid, reason), fresh);
    if (run === undefined) {
      if ((await this.#count(unsaved(fresh))) === 0) return 0;
      run = await runs.create(randomness.uuid(), fresh);
    }
    return this.#workOnNow(run.id, signal);
  }

  /**
   * As {@link revokeForUser} for somebody who left and is back: goes on with the run of that leave, which spares what was authorized since, and begins none.
   */
  async goOnForUser(
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
  revokeOrphanedGrants(users: Users, signal: AbortSignal): Promise<OrphanScanResult> {
    const { tokens, randomness } = this.#deps;
    const revokeForUser = (profileUid: string) =>
      this.revokeForUser(profileUid, 'user_removed', signal);
    return revokeOrphanedGrants(users, { grants: tokens.store, revokeForUser, randomness }, signal);
  }

  /** The runs that end what a person holds, newest first. */
  async #runningOf(
    profileUid: string,
    reason: RevocationJobAttributes['reason'],
  ): Promise<readonly RevocationJob[]> {
    const query = { page: 1, perPage: 100, profileUid, state: 'running' } as const;
    const { runs } = await this.#deps.runs.list(query);
    return runs.filter((run) => run.reason === reason && run.scope === 'user');
  }

  async #workOnNow(id: string, signal: AbortSignal): Promise<number> {
    if ((await this.workOn(id, signal)) !== undefined) await this.#deps.schedule(id);
    return (await this.#deps.runs.read(id))?.ended ?? 0;
  }

  /** The newest of these runs, if it ends everything a fresh one would end now. */
  async #lastOf(
    [newest]: readonly RevocationJob[],
    fresh: RevocationJobAttributes,
  ): Promise<RevocationJob | undefined> {
    if (newest === undefined) return undefined;
    const selected = this.#selectedBy(newest);
    for await (const record of this.#walkSelected(unsaved(fresh)))
      if (!(await selected.includes(record))) return undefined;
    return newest;
  }

  /** How many grants a run of this scope would end now. */
  async dryRun(wanted: RevocationScope): Promise<number> {
    const { tokens, clock } = this.#deps;
    const usable = narrowed(wanted);
    if (usable !== undefined) return tokens.store.count({ usable });
    const { type: scope, ...what } = wanted;
    const how = { scope, ...what, reason: 'mass_revoke', state: 'running' } as const;
    return this.#count(unsaved(createJob(clock, how, undefined)));
  }

  /** @throws RevocationJobError `revocation_job_not_found` */
  async get(id: string): Promise<RevocationJobView> {
    const run = await this.#deps.runs.read(id);
    if (run === undefined) throw notFound(id);
    return this.#view(run);
  }

  /** Newest first. Numbers of what waits are those of the last count. */
  async list(
    query: RevocationJobQuery,
  ): Promise<{ views: readonly RevocationJobView[]; total: number }> {
    const { runs, total } = await this.#deps.runs.list(query);
    const views = await Promise.all(runs.map((run) => this.#view(run)));
    return { views, total };
  }

  /**
   * Stops a mass revocation. What it has ended stays ended, and a page under way is finished.
   * @throws RevocationJobError `revocation_job_not_found`, `revocation_job_finished`, `revocation_job_cannot_be_cancelled`
   */
  async cancel(id: string): Promise<RevocationJobView> {
    const { runs, clock } = this.#deps;
    const cancelled = await runs.mutate(
      id,
      (job) => {
        if (job === undefined) throw notFound(id);
        if (job.reason !== 'mass_revoke')
          throw new RevocationJobError(
            'revocation_job_cannot_be_cancelled',
            'It follows an edit, a deletion or a person who left: those grants cannot go on.',
          );
        if (job.state !== 'running')
          throw new RevocationJobError('revocation_job_finished', `Run [${id}] is over.`);
        return { state: 'cancelled', finishedAt: new Date(clock.now()).toISOString() };
      },
      { visibleToSearch: true },
    );
    if (cancelled === undefined) throw notFound(id);
    return this.#view(cancelled);
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
    await tokens.outbox.workOff(signal, { revocationJobId: id });
    run = await worker.settle((await runs.read(id)) ?? run);
    if (run.isSettled) return undefined;
    return this.#later(run.finishedAt ?? run.createdAt);
  }

  /** The older, the later. */
  #later(since: string): Date {
    const now = this.#deps.clock.now();
    const pause = Math.max(SHORTEST_PAUSE_MS, (now - Date.parse(since)) / 4);
    return new Date(now + Math.min(MAX_BACKOFF_MS, pause));
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

  async #count(run: RevocationJob): Promise<number> {
    let found = 0;
    for await (const _ of this.#walkSelected(run)) found += 1;
    return found;
  }

  /** Looks at each grant. */
  async *#walkSelected(run: RevocationJob): AsyncIterable<GrantRecord> {
    const selected = this.#selectedBy(run);
    for await (const batch of this.#deps.tokens.store.walk({ usable: selected.selection }))
      for (const record of batch) if (await selected.includes(record)) yield record;
  }

  #selectedBy(run: RevocationJob): RevocationSelector {
    const { tokens, hasAccess, clock } = this.#deps;
    return new RevocationSelector(run, undefined, {
      grantRevoker: tokens.grantRevoker,
      hasAccess,
      nowMs: () => clock.now(),
    });
  }

  async #view(run: RevocationJob): Promise<RevocationJobView> {
    const isFinished = run.isSettled || run.state === 'prepared';
    const waiting = isFinished ? run.waiting : await this.#deps.tokens.outbox.countWaiting(run.id);
    return { run, counts: countsOf(run, waiting) };
  }
}

/** The grants of a scope, where a search can tell them; `undefined`: each has to be looked at. */
function narrowed(scope: RevocationScope): UsableGrants | undefined {
  switch (scope.type) {
    case 'connector':
      return { connectorId: scope.connectorId };
    case 'user':
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
function unsaved(attributes: RevocationJobAttributes): RevocationJob {
  return { ...attributes, id: 'none', version: '' };
}

function notFound(id: string): RevocationJobError {
  return new RevocationJobError('revocation_job_not_found', `Run [${id}] does not exist.`);
}
