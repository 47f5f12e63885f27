import type { Clock, Logger, Randomness } from '@latchkey/core/server';
import type { SavedObjectsRepository } from '@latchkey/saved-objects';
import {
  Heartbeat,
  LeaseMonitor,
  leasedSavedObject,
  processLivenessProbe,
  takeLease,
} from '@latchkey/saved-objects/coordination';
import type { RunRecord } from '@latchkey/workflow-engine';
import { beginOf, NOT_WAITING } from '../store/run_changes.ts';
import type { RunStore, StoredRun } from '../store/run_store.ts';
import { WORKER_TYPE, type WorkerAttributes } from '../store/run_types.ts';
import { AbandonedRuns } from './abandoned_runs.ts';
import type { RunExecutor } from './run_executor.ts';
import { DEFAULT_WORKER_TIMINGS, type WorkerTimings } from './worker_timings.ts';

/**
 * Maximum number of processes that may end during a run without a new result. After that, the run
 * itself may be the cause, so it fails.
 */
const MAX_TAKEOVERS = 5;
/**
 * Maximum length of a wait, in milliseconds, for which this process starts a timer. Longer waits
 * are found by the search.
 */
const OWN_TIMER_MS = 60_000;

/** A search that is repeated to find runs to continue. */
interface RunSearch {
  /** Milliseconds between two searches. Default: `searchMs` of {@link WorkerTimings}. */
  readonly everyMs?: number;
  readonly search: () => Promise<void>;
}

/** Dependencies of {@link RunWorker}. */
export interface RunWorkerDeps {
  readonly repository: SavedObjectsRepository;
  readonly store: RunStore;
  readonly executor: RunExecutor;
  /** Further searches for runs to continue. A failed search is logged and repeated. */
  readonly searches: readonly RunSearch[];
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly logger: Logger;
  /** Durations. Default: {@link DEFAULT_WORKER_TIMINGS}. */
  readonly timings?: WorkerTimings;
}

/**
 * The part of this process that owns runs. It holds a lease, from which other processes see that
 * this process is alive. When the lease ends, they take over its runs.
 */
export class RunWorker {
  readonly #deps: RunWorkerDeps;
  readonly #stopping = new AbortController();
  readonly #monitor: LeaseMonitor;
  readonly #timings: WorkerTimings;
  readonly #abandoned: AbandonedRuns;
  #owner: Promise<string> | undefined;
  #id: string | undefined;
  #heartbeat: { stop(): Promise<void> } | undefined;
  #lease: { release(): Promise<boolean>; isStillHeld(): Promise<boolean> } | undefined;
  #searching: Promise<unknown> = Promise.resolve();
  /**
   * Number of runs that are being taken and will begin immediately. They already use free places.
   */
  #starting = 0;

  constructor(deps: RunWorkerDeps) {
    this.#deps = deps;
    this.#timings = { ...(deps.timings ?? DEFAULT_WORKER_TIMINGS) };
    this.#monitor = new LeaseMonitor({
      clock: deps.clock,
      afterGap: 'start_over',
      probe: processLivenessProbe(),
    });
    this.#abandoned = new AbandonedRuns({
      ...deps,
      worker: this,
      monitor: this.#monitor,
      leaseMs: this.#timings.leaseMs,
      stopping: this.#stopping.signal,
    });
  }

  /** Id of this process as the owner of runs. `undefined`: this process has no lease. */
  get id(): string | undefined {
    return this.#id;
  }

  /** Takes the lease, and starts the searches for runs to continue. */
  async start(): Promise<void> {
    await this.owner();
    // Each search has its own loop, so that the failure of one does not prevent the others.
    this.#searching = Promise.all([
      this.#repeat(() => this.#abandoned.take()),
      this.#repeat(() => this.#takeDue()),
      ...this.#deps.searches.map(({ search, everyMs }) => this.#repeat(search, everyMs)),
    ]);
  }

  /**
   * Returns the id of this process as the owner of runs.
   * @throws SavedObjectError when the lease of this process cannot be stored; the next call tries
   *   again
   */
  async owner(): Promise<string> {
    this.#owner ??= this.#begin().catch((error: unknown) => {
      this.#owner = undefined;
      throw error;
    });
    return this.#owner;
  }

  /**
   * Returns `true` if this process certainly still owns a run that it took.
   * @throws the error of the store, if the store had to be asked
   */
  async isStillOwner({ owner }: Pick<StoredRun, 'id' | 'owner'>): Promise<boolean> {
    // A process that lost its lease gets a new id, and owns only runs that it takes afterwards.
    return owner === this.#id && (await this.#lease?.isStillHeld()) === true;
  }

  /**
   * Takes a run that waits, or whose process has ended, and executes it.
   * @param added records that are stored first, such as a response
   * @returns `false`: another process has taken the run
   */
  async take(run: StoredRun, added: readonly RunRecord[] = []): Promise<boolean> {
    const { store, executor, clock } = this.#deps;
    if (run.cancelRequestedAt !== undefined) {
      const finishedAt = new Date(clock.now()).toISOString();
      const ended = { status: 'cancelled', finishedAt, owner: undefined, ...NOT_WAITING } as const;
      return (await store.compareAndSet(run, ended)) !== undefined;
    }
    const owner = await this.owner();
    const isStarting = executor.free > this.#starting;
    if (isStarting) this.#starting += 1;
    try {
      return await this.#takeAs(owner, run, { added, status: isStarting ? 'running' : 'queued' });
    } finally {
      if (isStarting) this.#starting -= 1;
    }
  }

  async #takeAs(
    owner: string,
    run: StoredRun,
    { added, status }: Pick<StoredRun, 'status'> & { readonly added: readonly RunRecord[] },
  ): Promise<boolean> {
    const { store, executor, clock } = this.#deps;
    const epoch = run.epoch + 1;
    const hadOwner = run.owner !== undefined && !hasNotBegun(run);
    // The takeover is counted before the journal is read, because reading may end the process. The
    // entries are counted later.
    const takeovers = hadOwner ? (run.takeovers ?? 0) + 1 : undefined;
    if (takeovers !== undefined && takeovers > MAX_TAKEOVERS) return this.#fail(run);
    let taken = await store.compareAndSet(run, {
      status,
      owner,
      epoch,
      takeovers,
      startedAt: beginOf(run, status, new Date(clock.now())),
      currentSteps: undefined,
      ...NOT_WAITING,
    });
    if (taken === undefined) return false;
    // This entry makes a suspended earlier owner fail when it writes its next entry. A run that
    // waited or has not begun has no such owner, so it needs no entry.
    const needsEntry = hadOwner || added.length > 0;
    let fails = false;
    for (let isAdded = !needsEntry; !isAdded; ) {
      const { seq, emptyEntries, ...last } = await store.journal.readEnd(taken);
      // This process was suspended meanwhile. Its entry must not make a later owner fail.
      if (last.epoch > epoch) return false;
      fails = emptyEntries >= MAX_TAKEOVERS;
      const { steps, openSteps } = last;
      const entry = { seq: seq + 1, epoch, records: added, steps, openSteps };
      isAdded = await store.journal.addEntry(taken, entry);
    }
    // Failed only now: without the entry, an earlier owner could write after the end of the run.
    if (fails) return this.#fail(taken);
    if (takeovers !== undefined)
      taken = (await store.compareAndSet(taken, { takeovers: undefined })) ?? taken;
    executor.execute(taken);
    return true;
  }

  /**
   * Takes many runs, those of one batch at the same time. A run that has changed since the search
   * is skipped; the next search finds it if it still needs a process.
   * @throws the first error, after the others were tried
   */
  async takeAll(
    batches: AsyncIterable<readonly StoredRun[]>,
  ): Promise<{ readonly found: number; readonly taken: number }> {
    let found = 0;
    let taken = 0;
    const failures: unknown[] = [];
    for await (const runs of batches) {
      // Counted before the runs are taken: a process whose runs were found must not be forgotten.
      found += runs.length;
      if (this.#stopping.signal.aborted) break;
      for (const each of await Promise.allSettled(runs.map((run) => this.take(run)))) {
        if (each.status === 'rejected') failures.push(each.reason);
        else if (each.value) taken += 1;
      }
    }
    if (failures.length > 0) throw failures[0];
    return { found, taken };
  }

  /** Fails a run during which several processes have ended. */
  async #fail(run: StoredRun): Promise<boolean> {
    const { store, clock, logger } = this.#deps;
    logger.error(`Run [${run.id}] failed: ${MAX_TAKEOVERS} processes ended while they executed it`);
    const failed = await store.compareAndSet(run, {
      status: 'failed',
      finishedAt: new Date(clock.now()).toISOString(),
      error: { type: 'InternalError', message: 'The server could not execute the workflow.' },
      owner: undefined,
    });
    return failed !== undefined;
  }

  /** Starts a timer that continues a run at the end of its wait, if the wait is short. */
  continueLater(run: StoredRun): void {
    const { clock, store, logger } = this.#deps;
    if (run.wakeAt === undefined) return;
    const leftMs = Date.parse(run.wakeAt) - clock.now();
    if (leftMs > OWN_TIMER_MS) return;
    clock
      .sleep(Math.max(leftMs, 0), this.#stopping.signal)
      .then(async () => {
        const stored = await store.read(run.id);
        if (stored?.version === run.version) await this.take(stored);
      })
      .catch((error: unknown) => {
        if (!this.#stopping.signal.aborted)
          logger.warn(
            `Run [${run.id}] could not be continued; the search for waiting runs will retry it`,
            { error },
          );
      });
  }

  async stop(): Promise<void> {
    this.#stopping.abort(new Error('The server is stopping.'));
    await this.#searching;
    await this.#heartbeat?.stop();
    // After the release, other processes take over the runs immediately. If it fails, they do so
    // when the lease has ended by itself.
    await this.#lease?.release().catch(() => undefined);
  }

  async #begin(): Promise<string> {
    const { repository, clock, randomness, executor, logger } = this.#deps;
    const id = randomness.uuid();
    const target = leasedSavedObject<WorkerAttributes>(repository, { type: WORKER_TYPE, id });
    const owner = this.#monitor.newOwner(randomness);
    const ttlMs = this.#timings.leaseMs;
    const lease = await takeLease({ target, document: undefined, owner, ttlMs, clock });
    if (lease === undefined) throw new Error(`A worker with the id [${id}] already exists.`);
    const heartbeat = new Heartbeat({ lease, clock, onSilence: 'give_up' });
    heartbeat.lost.addEventListener('abort', () => {
      logger.warn(
        'This process lost its lease on workflow runs; a process with a lease will continue them',
      );
      executor.interrupt();
      if (this.#id !== id) return;
      this.#id = undefined;
      this.#owner = undefined;
    });
    this.#heartbeat = heartbeat;
    this.#lease = lease;
    this.#id = id;
    return id;
  }

  async #repeat(search: () => Promise<void>, everyMs = this.#timings.searchMs): Promise<void> {
    const { clock, logger } = this.#deps;
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      try {
        await search();
      } catch (error) {
        logger.warn('A search for workflow runs to continue failed; it will be repeated', {
          error,
        });
      }
      // A random factor, so that processes do not search at the same time.
      await clock.sleep(everyMs * (0.8 + 0.4 * Math.random()), signal).catch(() => undefined);
    }
  }

  async #takeDue(): Promise<void> {
    const { store, clock } = this.#deps;
    await this.takeAll(store.dueBefore(new Date(clock.now() + 1)));
  }
}

/**
 * Returns `true` if a queued run has certainly not begun in another process. The owner of a queued
 * run must write the run before it executes it, and has stored all results if it has put the run
 * back into the queue. A run with takeovers may have an earlier owner that is only suspended.
 */
function hasNotBegun({ status, takeovers }: StoredRun): boolean {
  return status === 'queued' && takeovers === undefined;
}
