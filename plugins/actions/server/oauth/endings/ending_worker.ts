import type { Clock, Logger } from '@latchkey/core/server';
import type { GrantEnder, GrantRecord, GrantStore, RevocationOutbox } from '../tokens/index.ts';
import { endPage } from './end_page.ts';
import type { EndingRun } from './ending_run.ts';
import type { EndingChanges, EndingStore } from './ending_store.ts';
import { PAGE_SIZE, type PlannedGrant } from './ending_type.ts';
import { type HasAccess, MeantGrants } from './meant_grants.ts';

/** Passes over what is left in one go; grants that could not be ended then are tried again later. */
const MOST_PASSES = 3;
const PASS_PAUSE_MS = 1000;
/** After this long a run is over although some grants could not be ended. */
const GIVE_UP_AFTER_MS = 24 * 60 * 60_000;
/**
 * Minimum number of tries as well: a machine that slept for a day, or a clock that jumped, has
 * tried nothing meanwhile.
 */
const LEAST_TRIES = 20;

/** What {@link EndingWorker} works with. */
export interface EndingWorkerDeps {
  readonly runs: EndingStore;
  readonly grants: GrantStore;
  readonly ender: GrantEnder;
  readonly outbox: RevocationOutbox;
  readonly hasAccess: HasAccess;
  /** Called once when a run is over here, with its numbers. */
  readonly finished: (run: EndingRun) => void;
  readonly clock: Clock;
  readonly logger: Logger;
  /** For tests of crashes. */
  readonly checkpoint?: ((point: EndingPoint) => Promise<void>) | undefined;
}

/** Where a crash may be staged. */
export type EndingPoint = 'page_planned' | 'page_ended';

/** Another worker has the run, or it is gone. */
class TakenOver extends Error {}

/** Ends the grants of runs, page by page. */
export class EndingWorker {
  readonly #deps: EndingWorkerDeps;

  constructor(deps: EndingWorkerDeps) {
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
  ): Promise<EndingRun | undefined> {
    const run = await this.#deps.runs.read(id);
    if (run === undefined || run.state === 'prepared' || run.isSettled) return run;
    if (run.state !== 'running' && run.page === undefined) return run;
    try {
      const mine = await this.#write({ ...run, worker }, { worker });
      return await this.#endAll(mine, signal, tries >= LEAST_TRIES);
    } catch (error) {
      if (error instanceof TakenOver) return undefined;
      throw error;
    }
  }

  /** Counts what waits for providers; settles the run when nothing does. */
  async settle(run: EndingRun): Promise<EndingRun> {
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

  async #endAll(start: EndingRun, signal: AbortSignal, mayGiveUp: boolean): Promise<EndingRun> {
    const { runs, clock } = this.#deps;
    const meant = new MeantGrants(start, await runs.clientOf(start.id), {
      ender: this.#deps.ender,
      hasAccess: this.#deps.hasAccess,
      nowMs: () => clock.now(),
    });
    // What a crash left.
    let run = await this.#finishPage(start, meant);
    for (let pass = 1; run.state === 'running'; pass += 1) {
      if (run.failed > 0) run = await this.#write(run, { failed: 0 });
      run = await this.#pass(run, meant, signal);
      if (signal.aborted || run.state !== 'running') return run;
      if (run.failed === 0 || (mayGiveUp && this.#isTooOld(run))) return this.#finish(run);
      if (pass >= MOST_PASSES) return run;
      await clock.sleep(PASS_PAUSE_MS, signal).catch(() => undefined);
    }
    return run;
  }

  /** Once over everything that is left. */
  async #pass(start: EndingRun, meant: MeantGrants, signal: AbortSignal): Promise<EndingRun> {
    let run = start;
    for await (const batch of this.#deps.grants.walk({ usable: meant.selection }, PAGE_SIZE)) {
      if (signal.aborted) break;
      const page = await this.#planned(batch, meant);
      if (page.length === 0) continue;
      const { ended, failed } = run;
      run = await this.#write(run, {
        page,
        total: Math.max(run.total, ended + failed + page.length),
      });
      await this.#deps.checkpoint?.('page_planned');
      run = await this.#finishPage(run, meant);
      if (run.state !== 'running') break;
    }
    return run;
  }

  async #planned(batch: readonly GrantRecord[], meant: MeantGrants): Promise<PlannedGrant[]> {
    const page: PlannedGrant[] = [];
    for (const record of batch) {
      const { key, generation } = record;
      if (key.scope !== 'per-user' || !(await meant.includes(record))) continue;
      page.push({ connectorId: key.connectorId, profileUid: key.profileUid, generation });
    }
    return page;
  }

  async #finishPage(run: EndingRun, meant: MeantGrants): Promise<EndingRun> {
    const { page } = run;
    if (page === undefined) return run;
    const result = await endPage(run, page, { ...this.#deps, meant });
    await this.#deps.checkpoint?.('page_ended');
    return this.#write(run, {
      page: undefined,
      ended: run.ended + result.ended,
      unrevocable: run.unrevocable + result.unrevocable,
      failed: run.failed + result.failed,
    });
  }

  #isTooOld({ startedAt, createdAt }: EndingRun): boolean {
    return this.#deps.clock.now() - Date.parse(startedAt ?? createdAt) >= GIVE_UP_AFTER_MS;
  }

  async #finish(run: EndingRun): Promise<EndingRun> {
    const now = new Date(this.#deps.clock.now()).toISOString();
    const done = await this.#write(run, { state: 'completed', finishedAt: now });
    if (done.state === 'completed') this.#deps.finished(done);
    return done;
  }

  /**
   * Writes what only the worker writes, whatever others wrote meanwhile: fates, or the cancellation, which a `completed` never overwrites.
   * @throws TakenOver
   */
  async #write(run: EndingRun, changes: EndingChanges): Promise<EndingRun> {
    let current: EndingRun | undefined = run;
    for (;;) {
      const isOver = current.state === 'cancelled' && 'state' in changes;
      const written = isOver ? current : await this.#deps.runs.change(current, changes);
      if (written !== undefined) return written;
      current = await this.#deps.runs.read(run.id);
      const isTakeover = 'worker' in changes;
      if (current === undefined || (!isTakeover && current.worker !== run.worker))
        throw new TakenOver();
    }
  }
}
