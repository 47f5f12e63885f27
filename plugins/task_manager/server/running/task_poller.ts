import type { ServiceStatus } from '@latchkey/core/server';
import {
  LeaseMonitor,
  type ProcessLivenessProbe,
  probeOfEnds,
} from '@latchkey/saved-objects/coordination';
import type { Task } from '../tasks/index.ts';
import { TaskClaimer, type TaskClaimerDeps } from './claim_task.ts';
import type { TaskPool } from './task_pool.ts';

/**
 * Fraction of the poll interval by which a poll is earlier or later, so that processes do not poll
 * together.
 */
const POLL_JITTER = 0.1;
/**
 * Maximum number of running tasks that are read. It is above the number that all processes together
 * run at the same time.
 */
const MAX_RUNNING_TASKS = 1000;
const FAILURES_UNTIL_DEGRADED = 3;

/** Dependencies of {@link TaskPoller}. */
export interface TaskPollerDeps extends Omit<TaskClaimerDeps, 'claims'> {
  /** Probe of the processes that hold claims. */
  readonly probe: ProcessLivenessProbe;
  readonly pool: TaskPool;
  readonly pollIntervalMs: number;
}

/**
 * Polls for due tasks, claims one for each free slot of the pool, and passes the claimed tasks to
 * the pool.
 */
export class TaskPoller {
  readonly #deps: TaskPollerDeps;
  readonly #claimer: TaskClaimer;
  readonly #claims: LeaseMonitor;
  readonly #stopped = new AbortController();
  #loop: Promise<void> | undefined;
  #wake = new AbortController();
  /** `true`: the last poll found more tasks than free slots. */
  #hasBacklog = false;
  #failuresInARow = 0;

  constructor(deps: TaskPollerDeps) {
    this.#deps = deps;
    const { clock } = deps;
    // The poll interval may be longer than a claim lasts without a heartbeat. A task of a killed
    // process of this machine is continued at the next poll.
    const probe = probeOfEnds(deps.probe);
    this.#claims = new LeaseMonitor({ clock, afterGap: 'count_half', probe });
    this.#claimer = new TaskClaimer({ ...deps, claims: this.#claims });
  }

  /** Starts to poll. The first poll is at a random moment of the first interval. */
  start(): void {
    this.#loop ??= this.#run();
  }

  /** Polls immediately. */
  wake(): void {
    this.#wake.abort();
  }

  /** Resolves when no new task can start any more. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#loop;
  }

  /** Status of the tasks for `GET /api/status`. */
  status(): ServiceStatus {
    return this.#failuresInARow < FAILURES_UNTIL_DEGRADED
      ? { level: 'available', summary: 'Background tasks run' }
      : {
          level: 'degraded',
          summary: `Background tasks do not run: the search for due tasks failed ${this.#failuresInARow} times in a row. Check the store; the log contains the reason`,
        };
  }

  async #run(): Promise<void> {
    const { pollIntervalMs, randomness } = this.#deps;
    await this.#pause(pollIntervalMs * randomness.fraction());
    while (!this.#stopped.signal.aborted) {
      this.#wake = new AbortController();
      await this.#poll();
      await this.#pause(
        pollIntervalMs * (1 - POLL_JITTER + 2 * POLL_JITTER * randomness.fraction()),
      );
    }
  }

  async #poll(): Promise<void> {
    const { logger } = this.#deps;
    try {
      await this.#claimDue();
      if (this.#failuresInARow > 0) logger.info('Background tasks are running again');
      this.#failuresInARow = 0;
    } catch (error) {
      this.#failuresInARow += 1;
      // Logged once per outage; the status shows that it continues.
      if (this.#failuresInARow === 1)
        logger.warn('The search for due tasks failed; it will be retried at the next poll', {
          error,
        });
    }
  }

  async #claimDue(): Promise<void> {
    const { pool, store, definitions, clock } = this.#deps;
    // Read even if all slots are taken: a claim must be observed from its start, so that a dead
    // process is detected in time.
    const running = await store.findRunning(definitions.types, MAX_RUNNING_TASKS);
    const dead = this.#findDead(running);
    if (pool.free === 0) {
      this.#hasBacklog = true;
      return;
    }
    // Twice as many as there are free slots, because other processes may claim some of them first.
    const limit = pool.free * 2;
    const due = await store.findDue(definitions.types, clock.now(), limit);
    const candidates = [...dead, ...due].filter(({ id }) => !pool.isBusy(id));
    this.#hasBacklog = due.length === limit || candidates.length > pool.free;
    for (const task of candidates) {
      if (pool.free === 0) return;
      await this.#claim(task);
    }
  }

  /**
   * Running tasks whose process has ended. The row of a live process changes with every heartbeat.
   */
  #findDead(running: readonly Task[]): readonly Task[] {
    this.#claims.retain(new Set(running.map(({ id }) => id)));
    return running.filter(({ id, version, claim }) => {
      const lease = claim && { owner: claim.id, renewals: version, ttlMs: claim.ms };
      return !this.#claims.isHeld(id, lease);
    });
  }

  async #claim(task: Task): Promise<void> {
    const claimed = await this.#claimer.claim(task);
    if (claimed === undefined) return;
    this.#deps.pool.run(claimed, () => {
      if (this.#hasBacklog) this.wake();
    });
  }

  async #pause(ms: number): Promise<void> {
    const interrupted = AbortSignal.any([this.#stopped.signal, this.#wake.signal]);
    await this.#deps.clock.sleep(ms, interrupted).catch(() => undefined);
  }
}
