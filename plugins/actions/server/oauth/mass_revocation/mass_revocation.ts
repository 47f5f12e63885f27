import type { Clock, Principal, Randomness } from '@latchkey/core/server';
import type { GrantRecord, Tokens, UsableGrants } from '../tokens/index.ts';
import type { ConnectorRevocation } from './connector_revocation.ts';
import { OrphanScan, type OrphanScanResult, type Users } from './orphaned_grants.ts';
import {
  countsOf,
  newJobAttributes,
  type RevocationJob,
  type RevocationJobCounts,
  type RevocationScope,
} from './revocation_job.ts';
import { RevocationJobError } from './revocation_job_error.ts';
import type { RevocationJobRunner } from './revocation_job_runner.ts';
import type { RevocationJobQuery, RevocationJobStore } from './revocation_job_store.ts';
import type { RevocationJobAttributes } from './revocation_job_type.ts';
import { coverageOf, type HasAccess, RevocationSelector } from './revocation_selector.ts';

/**
 * Age at which an unsettled job is assumed to be abandoned by a crashed process, in milliseconds.
 */
const ABANDONED_AFTER_MS = 60_000;
const RETENTION_MS = 30 * 24 * 60 * 60_000;
/**
 * Minimum and maximum pause between attempts while revocations wait for providers or grants cannot
 * be ended.
 */
const [MIN_BACKOFF_MS, MAX_BACKOFF_MS] = [10_000, 15 * 60_000];

/** Dependencies of {@link MassRevocationService}. */
export interface MassRevocationDeps {
  readonly jobs: RevocationJobStore;
  readonly runner: RevocationJobRunner;
  readonly tokens: Pick<Tokens, 'store' | 'outbox' | 'clientResolver'>;
  readonly connectorRevocation: Pick<ConnectorRevocation, 'recover'>;
  readonly hasAccess: HasAccess;
  /** Schedules the job, so that one of the processes soon works on it. */
  readonly schedule: (revocationJobId: string) => Promise<void>;
  readonly clock: Clock;
  readonly randomness: Randomness;
}

/** A job with its counts, as administrators see it. */
export interface RevocationJobView {
  readonly job: RevocationJob;
  readonly counts: RevocationJobCounts;
}

/** Ends many grants with stored jobs. A job works page by page and continues after a crash. */
export class MassRevocationService {
  readonly #deps: MassRevocationDeps;

  constructor(deps: MassRevocationDeps) {
    this.#deps = deps;
  }

  /** Stores and schedules a job that ends all grants of a scope that exist now. */
  async startJob(
    scope: RevocationScope,
    how: {
      readonly reason: RevocationJobAttributes['reason'];
      readonly actor: Principal | undefined;
    },
  ): Promise<RevocationJob> {
    const { jobs, randomness, tokens } = this.#deps;
    const fresh = await this.#newJob(scope, how.reason, how.actor);
    const usable = toUsableGrants(scope);
    const counted = usable === undefined ? 0 : await tokens.store.count({ usable });
    const job = await jobs.create(randomness.uuid(), { ...fresh, total: counted });
    await this.#deps.schedule(job.id);
    return job;
  }

  /**
   * Ends the grants that a user may no longer use, within the calling task. If a running job
   * already covers all these grants, continues that job; an older job may not cover grants that
   * were authorized since. Creates no job if there is no grant to end, so a retried task does not
   * create a second one.
   * @returns number of grants that have ended; the job ends the others in the background
   */
  async revokeForUser(
    profileUid: string,
    reason: 'user_removed' | 'access_lost',
    signal: AbortSignal,
  ): Promise<number> {
    const { jobs, randomness } = this.#deps;
    const fresh = this.#attributesOf({ type: 'user', profileUid }, reason);
    const [newest] = await this.#runningOf(profileUid, reason);
    const { count, coversUntil, isCovered } = await this.#existingOf(profileUid, fresh, newest);
    if (newest !== undefined && isCovered) return this.#processNow(newest.id, signal);
    if (count === 0) return 0;
    const job = await jobs.create(randomness.uuid(), { ...fresh, coversUntil });
    return this.#processNow(job.id, signal);
  }

  /**
   * Continues the newest job that ends grants of a user. For a user who was removed and is active
   * again: the job skips grants that were authorized since the removal. Creates no job.
   * @returns number of grants that have ended
   */
  async resumeForUser(
    profileUid: string,
    reason: 'user_removed' | 'access_lost',
    signal: AbortSignal,
  ): Promise<number> {
    const [newest] = await this.#runningOf(profileUid, reason);
    return newest === undefined ? 0 : this.#processNow(newest.id, signal);
  }

  /**
   * Ends the grants of all removed users, by a scan of all grants. This is a safety net for changes
   * of users that were missed, because of a crash or because a callback used outdated data of a
   * cache.
   */
  revokeOrphanedGrants(users: Users, signal: AbortSignal): Promise<OrphanScanResult> {
    const { tokens, randomness } = this.#deps;
    const revokeForUser = (profileUid: string) =>
      this.revokeForUser(profileUid, 'user_removed', signal);
    return new OrphanScan({ grants: tokens.store, revokeForUser, randomness }).run(users, signal);
  }

  /** Returns the running jobs that end grants of a user, the newest first. */
  async #runningOf(
    profileUid: string,
    reason: RevocationJobAttributes['reason'],
  ): Promise<readonly RevocationJob[]> {
    const query = { page: 1, perPage: 100, profileUid, state: 'running' } as const;
    const { jobs } = await this.#deps.jobs.list(query);
    return jobs.filter((job) => job.reason === reason && job.scope === 'user');
  }

  async #processNow(id: string, signal: AbortSignal): Promise<number> {
    if ((await this.workOn(id, signal)) !== undefined) await this.#deps.schedule(id);
    return (await this.#deps.jobs.read(id))?.ended ?? 0;
  }

  /**
   * Reads the grants of a user that a new job would end, with one search.
   * @param fresh the new job, whose coverage is not known yet
   * @param running job that may be continued instead
   * @returns `count`: number of these grants; `coversUntil`: coverage of the new job; `isCovered`:
   * `running` ends all these grants
   */
  async #existingOf(
    profileUid: string,
    fresh: RevocationJobAttributes,
    running: RevocationJob | undefined,
  ) {
    const selector = this.#selectedBy(unsaved(fresh));
    const runningSelector = running && this.#selectedBy(running);
    let latest = new Date(fresh.startedAt ?? fresh.createdAt);
    let count = 0;
    let isCovered = runningSelector !== undefined;
    for await (const batch of this.#deps.tokens.store.iterateOfUser(profileUid, latest))
      for (const { grant, authorizedAt } of batch) {
        if (!(await selector.isInScope(grant))) continue;
        count += 1;
        if (authorizedAt !== undefined && authorizedAt > latest) latest = authorizedAt;
        isCovered &&= (await runningSelector?.matches(grant)) === true;
      }
    return { count, coversUntil: latest.toISOString(), isCovered };
  }

  /** Counts the grants that a job of this scope would end now. */
  async dryRun(wanted: RevocationScope): Promise<number> {
    const usable = toUsableGrants(wanted);
    if (usable !== undefined) return this.#deps.tokens.store.count({ usable });
    return this.#count(unsaved(await this.#newJob(wanted, 'mass_revoke')));
  }

  /**
   * Reads a revocation job.
   * @throws RevocationJobError `revocation_job_not_found`
   */
  async get(id: string): Promise<RevocationJobView> {
    const job = await this.#deps.jobs.read(id);
    if (job === undefined) throw notFound(id);
    return this.#view(job);
  }

  /**
   * Returns jobs, the newest first. Their numbers of waiting revocations are those of the last
   * count.
   */
  async list(
    query: RevocationJobQuery,
  ): Promise<{ views: readonly RevocationJobView[]; total: number }> {
    const { jobs, total } = await this.#deps.jobs.list(query);
    const views = await Promise.all(jobs.map((job) => this.#view(job)));
    return { views, total };
  }

  /**
   * Cancels a mass revocation. Grants that have ended stay ended, and a page in progress is
   * finished.
   * @throws RevocationJobError `revocation_job_not_found`, `revocation_job_finished`,
   * `revocation_job_cannot_be_cancelled`
   */
  async cancel(id: string): Promise<RevocationJobView> {
    const { jobs, clock } = this.#deps;
    const cancelled = await jobs.mutate(
      id,
      (job) => {
        if (job === undefined) throw notFound(id);
        if (job.reason !== 'mass_revoke')
          throw new RevocationJobError(
            'revocation_job_cannot_be_cancelled',
            'Only mass revocations can be cancelled. This job ends grants that are no longer allowed after a connector was changed or a user was removed.',
          );
        if (job.state !== 'running')
          throw new RevocationJobError(
            'revocation_job_finished',
            `Revocation job [${id}] is finished.`,
          );
        return { state: 'cancelled', finishedAt: new Date(clock.now()).toISOString() };
      },
      { visibleToSearch: true },
    );
    if (cancelled === undefined) throw notFound(id);
    return this.#view(cancelled);
  }

  /**
   * Ends the grants of a job until `signal` is aborted, then lets the outbox revoke their tokens.
   * Only one process at a time works on a job.
   * @param tries number of earlier attempts of this job
   * @returns instant of the next attempt. `undefined`: no further attempt is needed
   */
  async workOn(id: string, signal: AbortSignal, tries = 0): Promise<Date | undefined> {
    const { jobs, runner, tokens, clock, randomness } = this.#deps;
    const found = await jobs.read(id);
    if (found?.state === 'prepared') await this.#deps.connectorRevocation.recover(found);
    let job = await runner.work(id, `task:${randomness.uuid()}`, signal, tries);
    if (job === undefined || job.isSettled || job.state === 'prepared') return undefined;
    if (job.state === 'running')
      return job.failed === 0
        ? new Date(clock.now())
        : this.#nextAttempt(job.startedAt ?? job.createdAt);
    await tokens.outbox.processDue(signal, { revocationJobId: id });
    job = await runner.updateWaiting((await jobs.read(id)) ?? job);
    if (job.isSettled) return undefined;
    return this.#nextAttempt(job.finishedAt ?? job.createdAt);
  }

  /** Returns the instant of the next attempt. The pause grows with the age of the job. */
  #nextAttempt(since: string): Date {
    const now = this.#deps.clock.now();
    const pause = Math.max(MIN_BACKOFF_MS, (now - Date.parse(since)) / 4);
    return new Date(now + Math.min(MAX_BACKOFF_MS, pause));
  }

  /**
   * Schedules unfinished jobs, which a crash may have interrupted, and removes jobs that were
   * settled long ago.
   */
  async sweep(signal: AbortSignal): Promise<void> {
    const { jobs, clock } = this.#deps;
    const removeBefore = new Date(clock.now() - RETENTION_MS);
    for await (const batch of jobs.walkUnsettled()) {
      for (const job of batch) {
        if (signal.aborted) return;
        if (clock.now() - Date.parse(job.startedAt ?? job.createdAt) >= ABANDONED_AFTER_MS)
          await this.#deps.schedule(job.id);
      }
    }
    for await (const batch of jobs.walkSettledBefore(removeBefore))
      for (const job of batch) if (!signal.aborted) await jobs.remove(job);
  }

  /** Returns the attributes of a job that covers all grants of a scope that exist now. */
  async #newJob(
    scope: RevocationScope,
    reason: RevocationJobAttributes['reason'],
    actor?: Principal,
  ): Promise<RevocationJobAttributes> {
    const { store } = this.#deps.tokens;
    const fresh = this.#attributesOf(scope, reason, actor);
    const usable = toUsableGrants(scope);
    const coverage = await coverageOf(store, {
      usable: usable ?? {},
      startedAt: fresh.createdAt,
      selector: usable === undefined ? this.#selectedBy(unsaved(fresh)) : undefined,
    });
    return { ...fresh, ...coverage };
  }

  /** Returns the attributes of a job that starts now, without its coverage. */
  #attributesOf(
    { type, ...what }: RevocationScope,
    reason: RevocationJobAttributes['reason'],
    actor?: Principal,
  ): RevocationJobAttributes {
    const over = { scope: type, ...what, reason, state: 'running' } as const;
    return newJobAttributes(this.#deps.clock, over, actor);
  }

  async #count(job: RevocationJob): Promise<number> {
    let found = 0;
    for await (const _ of this.#walkSelected(job)) found += 1;
    return found;
  }

  /** Yields the grants that the job ends. Reads each grant of the scope. */
  async *#walkSelected(job: RevocationJob): AsyncIterable<GrantRecord> {
    const selector = this.#selectedBy(job);
    for await (const batch of this.#deps.tokens.store.iterate({ usable: selector.selection }))
      for (const record of batch) if (await selector.matches(record)) yield record;
  }

  #selectedBy(job: RevocationJob): RevocationSelector {
    const { tokens, hasAccess, clock } = this.#deps;
    return new RevocationSelector(job, undefined, {
      clientResolver: tokens.clientResolver,
      hasAccess,
      nowMs: () => clock.now(),
    });
  }

  async #view(job: RevocationJob): Promise<RevocationJobView> {
    const isFinished = job.isSettled || job.state === 'prepared';
    const waiting = isFinished ? job.waiting : await this.#deps.tokens.outbox.countWaiting(job.id);
    return { job, counts: countsOf(job, waiting) };
  }
}

/**
 * Converts a scope to a search for grants. `undefined`: no search can select them, so each grant
 * must be checked.
 */
function toUsableGrants(scope: RevocationScope): UsableGrants | undefined {
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

/** Creates a job that is never stored and only serves to select grants. */
function unsaved(attributes: RevocationJobAttributes): RevocationJob {
  return { ...attributes, id: 'none', version: '' };
}

function notFound(id: string): RevocationJobError {
  return new RevocationJobError(
    'revocation_job_not_found',
    `Revocation job [${id}] does not exist.`,
  );
}
