import type { Clock, Logger } from '@latchkey/core/server';
import { isSavedObjectError, needsAnotherKey } from '@latchkey/saved-objects';
import { BoundedPool } from '../limits/index.ts';
import {
  type ClientResolver,
  type FormerClients,
  type GrantRecord,
  type GrantRevoker,
  type GrantStore,
  isUsable,
  type RevocationOutbox,
} from '../tokens/index.ts';
import { actorOf, type RevocationJob } from './revocation_job.ts';
import {
  concernsSearches,
  type RevocationJobChanges,
  type RevocationJobStore,
} from './revocation_job_store.ts';
import { PAGE_SIZE, type PlannedGrant } from './revocation_job_type.ts';
import { type HasAccess, RevocationSelector } from './revocation_selector.ts';

/** Number of passes over the remaining grants, after which the job waits for its next attempt. */
const MAX_PASSES = 3;
const PASS_PAUSE_MS = 1000;
/** Age at which a job completes even though some grants could not be ended, in milliseconds. */
const GIVE_UP_AFTER_MS = 24 * 60 * 60_000;
/**
 * Minimum number of attempts before a job completes with failures. Age alone is not enough, because
 * the machine may have been suspended, or its clock may have changed.
 */
const MIN_ATTEMPTS = 20;
/**
 * Number of grants of one job that are ended at the same time. Ending a grant calls only the store,
 * which batches writes. Requests to providers have their own limit.
 */
const CONCURRENCY = 25;

/** Dependencies of {@link RevocationJobRunner}. */
export interface RevocationJobRunnerDeps {
  readonly jobs: RevocationJobStore;
  readonly grants: GrantStore;
  readonly grantRevoker: GrantRevoker;
  readonly clientResolver: ClientResolver;
  readonly formerClients: Pick<FormerClients, 'ofJob'>;
  readonly outbox: RevocationOutbox;
  readonly hasAccess: HasAccess;
  /** Called once for each job when all its grants have ended here, with the counts of the job. */
  readonly onFinished: (job: RevocationJob) => void;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Called at each point at which a test may interrupt the job. */
  readonly checkpoint?: ((point: RevocationJobPoint) => Promise<void>) | undefined;
}

/** Points at which a test can crash the process. */
export type RevocationJobPoint = 'page_planned' | 'page_ended';

/** Thrown when another worker has taken over the job, or the job was deleted. */
class TakenOver extends Error {}

/** Ends the grants of a job, page by page. */
export class RevocationJobRunner {
  readonly #deps: RevocationJobRunnerDeps;

  constructor(deps: RevocationJobRunnerDeps) {
    this.#deps = deps;
  }

  /**
   * Works on a job until it has no usable grants left, `signal` is aborted, or the remaining grants
   * cannot be ended now. A page is stored before its grants are ended, and counted when the next
   * page is stored. After a crash, the stored page is processed again, and then a search finds the
   * remaining grants. So no grant is counted twice or missed. If another worker takes over the job,
   * the next write of this worker fails.
   * @param tries number of earlier attempts. A job completes with failures only after {@link
   * MIN_ATTEMPTS}
   * @returns the job as stored at the end. `undefined`: another worker owns it, or it was deleted
   */
  async work(
    id: string,
    worker: string,
    signal: AbortSignal,
    tries = 0,
  ): Promise<RevocationJob | undefined> {
    const job = await this.#deps.jobs.read(id);
    if (job === undefined || job.state === 'prepared' || job.isSettled) return job;
    if (job.state !== 'running' && job.page === undefined) return job;
    try {
      const owned = await this.#write({ ...job, worker }, { worker });
      return await this.#revokeAll(owned, signal, tries >= MIN_ATTEMPTS);
    } catch (error) {
      if (error instanceof TakenOver) return undefined;
      throw error;
    }
  }

  /** Counts the revocations that wait for providers, and settles the job if none is waiting. */
  async updateWaiting(job: RevocationJob): Promise<RevocationJob> {
    const { jobs, outbox, clock } = this.#deps;
    const waiting = await outbox.recountWaiting(job.id);
    const now = new Date(clock.now()).toISOString();
    const isSettled = waiting === 0;
    const changed = await jobs.change(job, {
      waiting,
      ...(isSettled ? { isSettled, settledAt: now, client: undefined, worker: undefined } : {}),
    });
    return changed ?? job;
  }

  async #revokeAll(
    start: RevocationJob,
    signal: AbortSignal,
    mayGiveUp: boolean,
  ): Promise<RevocationJob> {
    const { formerClients, clientResolver, hasAccess, clock } = this.#deps;
    const selector = new RevocationSelector(start, await formerClients.ofJob(start.id), {
      clientResolver,
      hasAccess,
      nowMs: () => clock.now(),
    });
    // First ends the grants of the page that a crashed worker may have left.
    let job = await this.#finishPage(start, selector);
    for (let pass = 1; job.state === 'running'; pass += 1) {
      if (job.failed > 0) job = await this.#write(job, { failed: 0 });
      job = await this.#pass(job, selector, signal);
      if (signal.aborted || job.state !== 'running') return job;
      if (job.failed === 0 || (mayGiveUp && this.#isTooOld(job))) return this.#finish(job);
      if (pass >= MAX_PASSES) return job;
      await clock.sleep(PASS_PAUSE_MS, signal).catch(() => undefined);
    }
    return job;
  }

  /** Ends all remaining grants once, page by page. */
  async #pass(
    start: RevocationJob,
    selector: RevocationSelector,
    signal: AbortSignal,
  ): Promise<RevocationJob> {
    let job = start;
    for await (const batch of this.#deps.grants.iterate(
      { usable: selector.selection },
      PAGE_SIZE,
    )) {
      if (signal.aborted) break;
      const page = await this.#planned(batch, selector);
      if (page.length === 0) continue;
      const { ended, failed } = job;
      job = await this.#write(job, {
        page,
        total: Math.max(job.total, ended + failed + page.length),
      });
      await this.#deps.checkpoint?.('page_planned');
      job = await this.#finishPage(job, selector);
      if (job.state !== 'running') break;
    }
    return job;
  }

  async #planned(
    batch: readonly GrantRecord[],
    selector: RevocationSelector,
  ): Promise<PlannedGrant[]> {
    const page: PlannedGrant[] = [];
    for (const record of batch) {
      const { key, generation } = record;
      if (key.scope !== 'per-user' || !(await this.#mayMatch(record, selector))) continue;
      page.push({ connectorId: key.connectorId, profileUid: key.profileUid, generation });
    }
    return page;
  }

  /**
   * Returns `true` if the job may end this grant. Also `true` if this server lacks the key of the
   * client: the page then counts the grant as failed, and a later attempt selects it again, perhaps
   * on a server that has the key.
   */
  async #mayMatch(record: GrantRecord, selector: RevocationSelector): Promise<boolean> {
    try {
      return await selector.matches(record);
    } catch (error) {
      if (needsAnotherKey(error)) return true;
      throw error;
    }
  }

  async #finishPage(job: RevocationJob, selector: RevocationSelector): Promise<RevocationJob> {
    const { page } = job;
    if (page === undefined) return job;
    const result = await this.#revokePage(job, page, selector);
    await this.#deps.checkpoint?.('page_ended');
    return this.#write(job, {
      page: undefined,
      ended: job.ended + result.ended,
      unrevocable: job.unrevocable + result.unrevocable,
      failed: job.failed + result.failed,
    });
  }

  /**
   * Ends the grants of a page. Can be repeated after a crash: a grant that has already ended counts
   * as ended. Each grant is checked again as it is stored now, so a grant that its user authorized
   * after the start of the job is skipped.
   * @throws SavedObjectError `store_unavailable` when every grant failed and the store is
   * unavailable. The page is then tried again, so that no grant is missed
   */
  async #revokePage(
    job: RevocationJob,
    page: readonly PlannedGrant[],
    selector: RevocationSelector,
  ): Promise<{ readonly ended: number; readonly unrevocable: number; readonly failed: number }> {
    const pool = new BoundedPool(CONCURRENCY);
    const results = await Promise.allSettled(
      page.map((grant) => pool.run(() => this.#revokePlanned(job, grant, selector))),
    );
    const reasons = results.flatMap((result) =>
      result.status === 'rejected' ? [result.reason] : [],
    );
    const outage = reasons.find(isOutage);
    if (outage !== undefined && reasons.length === results.length) throw outage;
    for (const error of reasons)
      this.#deps.logger.warn(
        `Revocation job [${job.id}] could not end a grant; it will be tried again`,
        { error },
      );
    const outcomes = results.flatMap((result) =>
      result.status === 'fulfilled' ? [result.value] : [],
    );
    return {
      ended: outcomes.filter((outcome) => outcome !== 'skipped').length,
      unrevocable: outcomes.filter((outcome) => outcome === 'unsupported').length,
      failed: reasons.length,
    };
  }

  async #revokePlanned(
    job: RevocationJob,
    { connectorId, profileUid, generation }: PlannedGrant,
    selector: RevocationSelector,
  ): Promise<'queued' | 'unsupported' | 'skipped'> {
    const { grantRevoker } = this.#deps;
    const key = { scope: 'per-user', connectorId, profileUid } as const;
    const outcome = await grantRevoker.revoke({
      key,
      reason: job.reason,
      actor: actorOf(job),
      revocationJobId: job.id,
      // Ends a grant of another generation too, if the job selects it: the user may have confirmed
      // a change of account after the page was read. A cancelled job ends only the generation on
      // the page.
      matches: (record) =>
        (job.state === 'running' || record.generation === generation) && selector.matches(record),
      resolveClient: (record) => selector.resolveClient(record),
    });
    if (outcome === 'queued' || outcome === 'unsupported') return outcome;
    const record = await grantRevoker.readOrClear(key);
    // The grant on the page is still usable, but the job no longer selects it.
    if (record !== undefined && isUsable(record) && record.generation === generation)
      return 'skipped';
    const isUnrevocable = record?.state === 'ended' && record.generation === generation;
    return isUnrevocable && record.lastError?.code === 'revocation_unsupported'
      ? 'unsupported'
      : 'queued';
  }

  #isTooOld({ startedAt, createdAt }: RevocationJob): boolean {
    return this.#deps.clock.now() - Date.parse(startedAt ?? createdAt) >= GIVE_UP_AFTER_MS;
  }

  async #finish(job: RevocationJob): Promise<RevocationJob> {
    const now = new Date(this.#deps.clock.now()).toISOString();
    const done = await this.#write(job, { state: 'completed', finishedAt: now });
    if (done.state === 'completed') this.#deps.onFinished(done);
    return done;
  }

  /**
   * Writes attributes that only the worker of the job changes. Other processes may have written
   * results or a cancellation meanwhile. The state `completed` never overwrites a cancellation.
   * @throws TakenOver
   */
  async #write(job: RevocationJob, changes: RevocationJobChanges): Promise<RevocationJob> {
    const isTakeover = 'worker' in changes;
    const decide = (current: RevocationJob | undefined): RevocationJobChanges | 'skip' => {
      if (current === undefined || (!isTakeover && current.worker !== job.worker))
        throw new TakenOver();
      return current.state === 'cancelled' && 'state' in changes ? 'skip' : changes;
    };
    const visibleToSearch = concernsSearches(changes);
    const written = await this.#deps.jobs.mutate(job.id, decide, { visibleToSearch });
    if (written === undefined) throw new TakenOver();
    return written;
  }
}

/**
 * Returns `true` if the store is unavailable. A missing key is not an outage, because other grants
 * can be ended.
 */
function isOutage(error: unknown): boolean {
  return isSavedObjectError(error, 'store_unavailable') && !needsAnotherKey(error);
}
