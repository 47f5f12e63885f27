import type { Clock, Logger, Randomness } from '@latchkey/core/server';
import type { SavedObjectsRepository } from '@latchkey/saved-objects';
import {
  createProcessLivenessProbe,
  Heartbeat,
  LeaseMonitor,
  leasedSavedObject,
  takeLease,
} from '@latchkey/saved-objects/coordination';
import type { RunRecord } from '@latchkey/workflow-engine';
import { beginOf, NOT_WAITING } from '../store/run_changes.ts';
import type { RunStore, StoredRun } from '../store/run_store.ts';
import { WORKER_TYPE, type WorkerAttributes } from '../store/run_types.ts';
import { AbandonedRuns } from './abandoned_runs.ts';
import type { RunExecutor } from './run_executor.ts';
import { DEFAULT_WORKER_TIMINGS, type WorkerTimings } from './worker_timings.ts';

/** Processes that may end during a run without a new result of it. Then it may be the cause. */
const MAX_TAKEOVERS = 5;
/** A wait that ends sooner gets a timer in this process. */
const OWN_TIMER_MS = 60_000;

/** A search for runs to continue. */
interface RunSearch {
  /** Milliseconds between two searches. Default: that of {@link WorkerTimings}. */
  readonly everyMs?: number;
  readonly search: () => Promise<void>;
}

/** Dependencies of {@link RunWorker}. */
export interface RunWorkerDeps {
  readonly repository: SavedObjectsRepository;
  readonly store: RunStore;
  readonly executor: RunExecutor;
  /** Further searches for runs to continue. A failure is logged, and the search is repeated. */
  readonly searches: readonly RunSearch[];
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly logger: Logger;
  /** Default: {@link DEFAULT_WORKER_TIMINGS}. */
  readonly timings?: WorkerTimings;
}

/**
 * The part of this process that owns runs. Other processes see from its lease that it is alive, and
 * take its runs over when it is not.
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
  /** Runs that are being taken and begin without waiting: they use the free places already. */
  #starting = 0;

  constructor(deps: RunWorkerDeps) {
    this.#deps = deps;
    this.#timings = { ...(deps.timings ?? DEFAULT_WORKER_TIMINGS) };
    this.#monitor = new LeaseMonitor({
      clock: deps.clock,
      afterGap: 'start_over',
      probe: createProcessLivenessProbe(),
    });
    this.#abandoned = new AbandonedRuns({
      ...deps,
      worker: this,
      monitor: this.#monitor,
      leaseMs: this.#timings.leaseMs,
      stopping: this.#stopping.signal,
    });
  }

  /** Id of this process as the owner of runs. Undefined: it has no lease. */
  get id(): string | undefined {
    return this.#id;
  }

  /** Takes the lease, and begins to search for runs to continue. */
  async start(): Promise<void> {
    await this.owner();
    // Apart, so that a failure of one search does not prevent another.
    this.#searching = Promise.all([
      this.#repeat(() => this.#abandoned.take()),
      this.#repeat(() => this.#takeDue()),
      ...this.#deps.searches.map(({ search, everyMs }) => this.#repeat(search, everyMs)),
    ]);
  }

  /**
   * Name of this process as the owner of runs.
   * @throws SavedObjectError when the lease of this process cannot be stored; the next call tries
   * again
   */
  async owner(): Promise<string> {
    this.#owner ??= this.#begin().catch((error: unknown) => {
      this.#owner = undefined;
      throw error;
    });
    return this.#owner;
  }

  /**
   * Tells if this process certainly still owns a run that it took.
   * @throws the error of the store
   */
  async isStillOwner({ owner }: Pick<StoredRun, 'id' | 'owner'>): Promise<boolean> {
    // After the loss of a lease this process has another name, and owns only its new runs.
    return owner === this.#id && (await this.#lease?.isStillHeld()) === true;
  }

  /**
   * Takes a run that waits, or whose process has ended, and executes it.
   * @param added records that are stored first, such as a response
   * @returns `false`: another process was faster
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
    // Counted before the journal is read, because that may end the process: entries count later.
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
    // A process that was only suspended loses against this entry when it writes the next one. A run
    // that waited, or has not begun, has no such process.
    const needsEntry = hadOwner || added.length > 0;
    for (let isAdded = !needsEntry; !isAdded; ) {
      const { seq, emptyEntries, ...last } = await store.journal.readEnd(taken);
      // This process was suspended meanwhile: a later owner must not lose against its entry.
      if (last.epoch > epoch) return false;
      if (emptyEntries >= MAX_TAKEOVERS) return this.#fail(taken);
      const { steps, openSteps } = last;
      const entry = { seq: seq + 1, epoch, records: added, steps, openSteps };
      isAdded = await store.journal.addEntry(taken, entry);
    }
    if (takeovers !== undefined)
      taken = (await store.compareAndSet(taken, { takeovers: undefined })) ?? taken;
    executor.execute(taken);
    return true;
  }

  /**
   * Takes many runs, those of a batch at the same time. One that has changed since the search is
   * not taken: the next search finds it if it is left.
   * @throws the first error, after the others were tried
   */
  async takeAll(
    batches: AsyncIterable<readonly StoredRun[]>,
  ): Promise<{ readonly found: number; readonly taken: number }> {
    let found = 0;
    let taken = 0;
    const failures: unknown[] = [];
    for await (const runs of batches) {
      // Counted first: a process whose runs were found must not be forgotten.
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

  /** Ends a run during which process after process has ended. */
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

  /** Continues a run at the end of its wait, if that is soon. */
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
    this.#stopping.abort(new Error('The server stops.'));
    await this.#searching;
    await this.#heartbeat?.stop();
    // Without a lease, other processes take the runs over at once.
    await this.#lease?.release().catch(() => undefined);
  }

  async #begin(): Promise<string> {
    const { repository, clock, randomness, executor, logger } = this.#deps;
    const id = randomness.uuid();
    const target = leasedSavedObject<WorkerAttributes>(repository, { type: WORKER_TYPE, id });
    const owner = this.#monitor.newOwner(randomness.uuid());
    const ttlMs = this.#timings.leaseMs;
    const lease = await takeLease({ target, document: undefined, owner, ttlMs, clock });
    if (lease === undefined) throw new Error(`Worker [${id}] exists already.`);
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
      // Spread, so that processes do not search at the same time.
      await clock.sleep(everyMs * (0.8 + 0.4 * Math.random()), signal).catch(() => undefined);
    }
  }

  async #takeDue(): Promise<void> {
    const { store, clock } = this.#deps;
    await this.takeAll(store.dueBefore(new Date(clock.now() + 1)));
  }
}

/**
 * Tells if no process executes a queued run: its owner must write the run before it executes it,
 * and has stored all its results if it has put the run back into the queue. A run with takeovers
 * may have an earlier owner that is only suspended.
 */
function hasNotBegun({ status, takeovers }: StoredRun): boolean {
  return status === 'queued' && takeovers === undefined;
}
