import type { Logger } from '@latchkey/core/server';
import { type SavedObjectsRepository, unlessConflict } from '@latchkey/saved-objects';
import type { LeaseMonitor } from '@latchkey/saved-objects/coordination';
import type { RunStore, StoredRun } from '../store/run_store.ts';
import { WORKER_TYPE, type WorkerAttributes } from '../store/run_types.ts';
import type { RunExecutor } from './run_executor.ts';

/** Number of searches between two searches for runs whose process has no document any more. */
const ORPHAN_PASSES = 12;
/**
 * Number of runs that are taken over at the same time, so that they share requests to the store.
 */
const TAKEN_AT_ONCE = 200;

/** The worker of this process, which executes runs. */
interface ThisWorker {
  /** Id of the worker's lease. `undefined`: the worker has no lease. */
  readonly id: string | undefined;
  /** Takes over a run. `false`: another process has taken the run. */
  take(run: StoredRun): Promise<boolean>;
  /**
   * Takes over many runs.
   * @throws the first error, after the other runs were tried
   */
  takeAll(
    batches: AsyncIterable<readonly StoredRun[]>,
  ): Promise<{ readonly found: number; readonly taken: number }>;
}

/** Dependencies of {@link AbandonedRuns}. */
export interface AbandonedRunsDeps {
  readonly repository: SavedObjectsRepository;
  readonly store: Pick<RunStore, 'read' | 'ownedBy' | 'withOwner'>;
  readonly executor: Pick<RunExecutor, 'has'>;
  readonly worker: ThisWorker;
  /** Observes the leases of other processes. */
  readonly monitor: LeaseMonitor;
  /** Lifetime in milliseconds of the lease of a process that sends no heartbeat. */
  readonly leaseMs: number;
  /** Aborts when this process stops. */
  readonly stopping: AbortSignal;
  readonly logger: Logger;
}

/** Finds runs whose process has ended, and lets this process take them over. */
export class AbandonedRuns {
  readonly #deps: AbandonedRunsDeps;
  /** Number of searches so far. */
  #passes = 0;
  /** Ids of this process's runs that were not being executed at the time of the last search. */
  #idle: ReadonlySet<string> = new Set();
  /** Number of consecutive searches that found no run of an ended process, by its id. */
  readonly #empty = new Map<string, number>();

  constructor(deps: AbandonedRunsDeps) {
    this.#deps = deps;
  }

  /**
   * Searches for runs whose process has ended, and takes them over.
   * @throws the first error, after everything else was tried
   */
  async take(): Promise<void> {
    const { worker, monitor, leaseMs } = this.#deps;
    const ids = new Set<string>();
    const failures: unknown[] = [];
    const keep = (error: unknown) => {
      failures.push(error);
      return undefined;
    };
    await this.#takeOwn().catch(keep);
    for await (const batch of this.#workers()) {
      for (const { id, attributes, version } of batch) {
        if (id === worker.id) continue;
        ids.add(id);
        const { lease } = attributes;
        const seen = lease && { owner: lease.owner, renewals: lease.beat, ttlMs: leaseMs };
        if (monitor.isHeld(id, seen)) continue;
        if (lease !== undefined && !(await this.#endLease(id, version))) continue;
        const left = await this.#takeAllOf(id).catch(keep);
        // The document of the process is deleted in a later pass, because this search may not have
        // found its last runs.
        if (left === 0 && this.#wasEmpty(id)) await this.#forget(id);
      }
    }
    monitor.retain(ids);
    this.#passes += 1;
    if (this.#passes % ORPHAN_PASSES === 0) await this.#takeOrphans(ids).catch(keep);
    if (failures.length > 0) throw failures[0];
  }

  /**
   * Takes over the runs of a process that has ended.
   * @returns number of runs of that process that were found
   * @throws the first error, after the others were tried
   */
  async #takeAllOf(owner: string): Promise<number> {
    const { store, logger, worker } = this.#deps;
    const { found, taken } = await worker.takeAll(store.ownedBy(owner, TAKEN_AT_ONCE));
    if (taken > 0) logger.info(`Continued ${taken} runs of process [${owner}], which has ended`);
    return found;
  }

  /**
   * Takes over runs whose process has no document any more. This happens when a process is
   * suspended while it starts runs, and others delete its document meanwhile.
   * @throws the first error of a run, after the others were tried
   */
  async #takeOrphans(known: ReadonlySet<string>): Promise<void> {
    const { store, repository, worker } = this.#deps;
    const failures: unknown[] = [];
    for await (const runs of store.withOwner()) {
      const failed = await this.#each(runs, async ({ id, owner }) => {
        if (owner === undefined || owner === worker.id || known.has(owner)) return;
        // The search for processes may not have found the document of a new process yet.
        if ((await repository.getIfExists(WORKER_TYPE, owner)) !== undefined) return;
        const run = await store.read(id);
        if (run?.owner === owner) await worker.take(run);
      });
      failures.push(...failed);
    }
    if (failures.length > 0) throw failures[0];
  }

  /**
   * Calls `work` for many runs or processes, some at the same time. Ends early when this process
   * stops.
   * @returns the errors; an error does not prevent the work on the others
   */
  async #each<T>(all: readonly T[], work: (each: T) => Promise<void>): Promise<readonly unknown[]> {
    const failures: unknown[] = [];
    for (let from = 0; from < all.length; from += TAKEN_AT_ONCE) {
      if (this.#deps.stopping.aborted) break;
      const results = await Promise.allSettled(all.slice(from, from + TAKEN_AT_ONCE).map(work));
      for (const each of results) if (each.status === 'rejected') failures.push(each.reason);
    }
    return failures;
  }

  /**
   * Ends the lease of a process that is probably dead. If the process was only suspended, it
   * notices this at its next check, which it makes before it calls a service for a run that another
   * process has taken.
   * @returns `false`: the process has just renewed the lease
   */
  async #endLease(id: string, version: string): Promise<boolean> {
    const { repository } = this.#deps;
    const ended = await unlessConflict(() =>
      repository.update<WorkerAttributes>(WORKER_TYPE, id, { lease: undefined }, { version }),
    );
    return ended !== undefined;
  }

  /**
   * Takes up runs that this process owns and does not execute, because a write had an unknown
   * result.
   * @throws the first error of a run, after the others were tried
   */
  async #takeOwn(): Promise<void> {
    const { store, executor, worker } = this.#deps;
    const { id } = worker;
    const idle = new Set<string>();
    if (id !== undefined)
      for await (const batch of store.ownedBy(id))
        for (const run of batch) if (!executor.has(run.id)) idle.add(run.id);
    const seen = this.#idle;
    this.#idle = idle;
    // Only runs that were idle in two searches are taken: a run may have started or ended a moment
    // ago.
    const again = [...idle].filter((runId) => seen.has(runId));
    const failures = await this.#each(again, async (runId) => {
      const run = await store.read(runId);
      if (run?.owner === id && run !== undefined && !executor.has(runId)) await worker.take(run);
    });
    if (failures.length > 0) throw failures[0];
  }

  /** `true`: several consecutive searches have found no run of the process. */
  #wasEmpty(id: string): boolean {
    const passes = (this.#empty.get(id) ?? 0) + 1;
    this.#empty.set(id, passes);
    return passes > 3;
  }

  async #forget(id: string): Promise<void> {
    this.#empty.delete(id);
    await unlessConflict(() => this.#deps.repository.delete(WORKER_TYPE, id)).catch(
      () => undefined,
    );
  }

  #workers() {
    return this.#deps.repository.iterate<WorkerAttributes>({ type: WORKER_TYPE });
  }
}
