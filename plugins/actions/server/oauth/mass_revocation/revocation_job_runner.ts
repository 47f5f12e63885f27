import type { Clock, Logger } from '@latchkey/core/server';
import type { GrantRecord, GrantRevoker, GrantStore, RevocationOutbox } from '../tokens/index.ts';
import type { RevocationJob } from './revocation_job.ts';
import {
  concernsSearches,
  type RevocationJobChanges,
  type RevocationJobStore,
} from './revocation_job_store.ts';
import { PAGE_SIZE, type PlannedGrant } from './revocation_job_type.ts';
import { type HasAccess, RevocationSelector } from './revocation_selector.ts';
import { revokePage } from './revoke_page.ts';

/** Passes over what is left in one go; grants that could not be ended then are tried again later. */
const MAX_PASSES = 3;
const PASS_PAUSE_MS = 1000;
/** After this long a run is over although some grants could not be ended. */
const GIVE_UP_AFTER_MS = 24 * 60 * 60_000;
/**
 * Minimum number of tries as well: a machine that slept for a day, or a clock that jumped, has
 * tried nothing meanwhile.
 */
const LEAST_TRIES = 20;

/** What {@link RevocationJobRunner} works with. */
export interface RevocationJobRunnerDeps {
  readonly runs: RevocationJobStore;
  readonly grants: GrantStore;
  readonly grantRevoker: GrantRevoker;
  readonly outbox: RevocationOutbox;
  readonly hasAccess: HasAccess;
  /** Called once when a run is over here, with its numbers. */
  readonly finished: (run: RevocationJob) => void;
  readonly clock: Clock;
  readonly logger: Logger;
  /** For tests of crashes. */
  readonly checkpoint?: ((point: RevocationJobPoint) => Promise<void>) | undefined;
}

/** Where a crash may be staged. */
export type RevocationJobPoint = 'page_planned' | 'page_ended';

/** Another worker has the run, or it is gone. */
class TakenOver extends Error {}

/** Ends the grants of runs, page by page. */
export class RevocationJobRunner {
  readonly #deps: RevocationJobRunnerDeps;

  constructor(deps: RevocationJobRunnerDeps) {
    this.#deps = deps;
  }

  /**
   * Works on a run until no usable grant is left, `signal` aborts, or the rest cannot be ended now.
   * A page is recorded before its grants end, and counted when the next page is recorded. After a
   * crash the page is read again and a search finds the grants that are left, so none is ended
   * twice or missed. An earlier worker of the run fails at its next write.
   * @param tries how often the run was tried before; an old run is given up only after many tries
   * @returns the run afterwards; `undefined`: another process owns it, or it is gone
   */
  async work(
    id: string,
    worker: string,
    signal: AbortSignal,
    tries = 0,
  ): Promise<RevocationJob | undefined> {
    const run = await this.#deps.runs.read(id);
    if (run === undefined || run.state === 'prepared' || run.isSettled) return run;
    if (run.state !== 'running' && run.page === undefined) return run;
    try {
      const mine = await this.#write({ ...run, worker }, { worker });
      return await this.#revokeAll(mine, signal, tries >= LEAST_TRIES);
    } catch (error) {
      if (error instanceof TakenOver) return undefined;
      throw error;
    }
  }

  /** Counts what waits for providers; settles the run when nothing does. */
  async settle(run: RevocationJob): Promise<RevocationJob> {
    const { runs, outbox, clock } = this.#deps;
    const waiting = await outbox.recountWaiting(run.id);
    const now = new Date(clock.now()).toISOString();
    const isSettled = waiting === 0;
    const changed = await runs.change(run, {
      waiting,
      ...(isSettled ? { isSettled, settledAt: now, client: undefined, worker: undefined } : {}),
    });
    return changed ?? run;
  }

  async #revokeAll(
    start: RevocationJob,
    signal: AbortSignal,
    mayGiveUp: boolean,
  ): Promise<RevocationJob> {
    const { runs, clock } = this.#deps;
    const selected = new RevocationSelector(start, await runs.clientOf(start.id), {
      grantRevoker: this.#deps.grantRevoker,
      hasAccess: this.#deps.hasAccess,
      nowMs: () => clock.now(),
    });
    // What a crash left.
    let run = await this.#finishPage(start, selected);
    for (let pass = 1; run.state === 'running'; pass += 1) {
      if (run.failed > 0) run = await this.#write(run, { failed: 0 });
      run = await this.#pass(run, selected, signal);
      if (signal.aborted || run.state !== 'running') return run;
      if (run.failed === 0 || (mayGiveUp && this.#isTooOld(run))) return this.#finish(run);
      if (pass >= MAX_PASSES) return run;
      await clock.sleep(PASS_PAUSE_MS, signal).catch(() => undefined);
    }
    return run;
  }

  /** Once over everything that is left. */
  async #pass(
    start: RevocationJob,
    selected: RevocationSelector,
    signal: AbortSignal,
  ): Promise<RevocationJob> {
    let run = start;
    for await (const batch of this.#deps.grants.walk({ usable: selected.selection }, PAGE_SIZE)) {
      if (signal.aborted) break;
      const page = await this.#planned(batch, selected);
      if (page.length === 0) continue;
      const { ended, failed } = run;
      run = await this.#write(run, {
        page,
        total: Math.max(run.total, ended + failed + page.length),
      });
      await this.#deps.checkpoint?.('page_planned');
      run = await this.#finishPage(run, selected);
      if (run.state !== 'running') break;
    }
    return run;
  }

  async #planned(
    batch: readonly GrantRecord[],
    selected: RevocationSelector,
  ): Promise<PlannedGrant[]> {
    const page: PlannedGrant[] = [];
    for (const record of batch) {
      const { key, generation } = record;
      if (key.scope !== 'per-user' || !(await selected.includes(record))) continue;
      page.push({ connectorId: key.connectorId, profileUid: key.profileUid, generation });
    }
    return page;
  }

  async #finishPage(run: RevocationJob, selected: RevocationSelector): Promise<RevocationJob> {
    const { page } = run;
    if (page === undefined) return run;
    const result = await revokePage(run, page, { ...this.#deps, selected });
    await this.#deps.checkpoint?.('page_ended');
    return this.#write(run, {
      page: undefined,
      ended: run.ended + result.ended,
      unrevocable: run.unrevocable + result.unrevocable,
      failed: run.failed + result.failed,
    });
  }

  #isTooOld({ startedAt, createdAt }: RevocationJob): boolean {
    return this.#deps.clock.now() - Date.parse(startedAt ?? createdAt) >= GIVE_UP_AFTER_MS;
  }

  async #finish(run: RevocationJob): Promise<RevocationJob> {
    const now = new Date(this.#deps.clock.now()).toISOString();
    const done = await this.#write(run, { state: 'completed', finishedAt: now });
    if (done.state === 'completed') this.#deps.finished(done);
    return done;
  }

  /**
   * Writes the attributes that only the worker writes. Others may have written results meanwhile,
   * or the cancellation, which a `completed` never overwrites.
   * @throws TakenOver
   */
  async #write(run: RevocationJob, changes: RevocationJobChanges): Promise<RevocationJob> {
    const isTakeover = 'worker' in changes;
    const decide = (current: RevocationJob | undefined): RevocationJobChanges | 'skip' => {
      if (current === undefined || (!isTakeover && current.worker !== run.worker))
        throw new TakenOver();
      return current.state === 'cancelled' && 'state' in changes ? 'skip' : changes;
    };
    const visibleToSearch = concernsSearches(changes);
    const written = await this.#deps.runs.mutate(run.id, decide, { visibleToSearch });
    if (written === undefined) throw new TakenOver();
    return written;
  }
}
