import type { ServiceStatus } from '@latchkey/core/server';
import { LeaseMonitor } from '@latchkey/saved-objects/coordination';
import type { Task } from '../tasks/index.ts';
import { type ClaimTaskDeps, claimTask } from './claim_task.ts';
import type { TaskPool } from './task_pool.ts';

/** Share of the poll interval by which a look comes earlier or later, so that processes do not look together. */
const POLL_JITTER = 0.1;
/** All processes together run fewer tasks than this at once. */
const MAX_RUNNING_SEEN = 1000;
const FAILURES_UNTIL_DEGRADED = 3;

/** What {@link TaskPoller} needs. */
export interface TaskPollerDeps extends ClaimTaskDeps {
  readonly pool: TaskPool;
  readonly pollIntervalMs: number;
}

/** Looks for due tasks, claims as many as there are free slots, and hands them to the pool. */
export class TaskPoller {
  readonly #deps: TaskPollerDeps;
  readonly #claims: LeaseMonitor;
  readonly #stopped = new AbortController();
  #loop: Promise<void> | undefined;
  #wake = new AbortController();
  /** The last look found more than there were slots for. */
  #hasBacklog = false;
  #failuresInARow = 0;

  constructor(deps: TaskPollerDeps) {
    this.#deps = deps;
    // A process may look more rarely than a claim lives.
    this.#claims = new LeaseMonitor({ clock: deps.clock, afterGap: 'count_half' });
  }

  /** Begins to look, for the first time at some moment of the first interval. */
  start(): void {
    this.#loop ??= this.#run();
  }

  /** Looks at once. */
  wake(): void {
    this.#wake.abort();
  }

  /** Resolves when no new task can begin any more. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#loop;
  }

  /** For `GET /api/status`. */
  status(): ServiceStatus {
    return this.#failuresInARow < FAILURES_UNTIL_DEGRADED
      ? { level: 'available', summary: 'Background tasks run' }
      : {
          level: 'degraded',
          summary: `Background tasks do not run: looking for them failed ${this.#failuresInARow} times in a row. Check the store; the log names the reason`,
        };
  }

  async #run(): Promise<void> {
    const { pollIntervalMs, randomness } = this.#deps;
    await this.#pause(pollIntervalMs * randomness.fraction());
    while (!this.#stopped.signal.aborted) {
      this.#wake = new AbortController();
      await this.#look();
      await this.#pause(
        pollIntervalMs * (1 - POLL_JITTER + 2 * POLL_JITTER * randomness.fraction()),
      );
    }
  }

  async #look(): Promise<void> {
    const { logger } = this.#deps;
    try {
      await this.#claimDue();
      if (this.#failuresInARow > 0) logger.info('Background tasks run again');
      this.#failuresInARow = 0;
    } catch (error) {
      this.#failuresInARow += 1;
      // Once per outage: the status says that it lasts.
      if (this.#failuresInARow === 1) logger.warn('Looking for due tasks failed', { error });
    }
  }

  async #claimDue(): Promise<void> {
    const { pool, store, definitions, clock } = this.#deps;
    // Also with all slots taken: a claim must be watched from early on to be known dead in time.
    const running = await store.findRunning(definitions.types, MAX_RUNNING_SEEN);
    const dead = this.#findDead(running);
    if (pool.free === 0) {
      this.#hasBacklog = true;
      return;
    }
    // Twice as many as fit: others may be first for some of them.
    const limit = pool.free * 2;
    const due = await store.findDue(definitions.types, clock.now(), limit);
    const candidates = [...dead, ...due].filter(({ id }) => !pool.isBusy(id));
    this.#hasBacklog = due.length === limit || candidates.length > pool.free;
    for (const task of candidates) {
      if (pool.free === 0) return;
      await this.#claim(task);
    }
  }

  /** Running tasks whose process has ended: a live one changes the row with every heartbeat. */
  #findDead(running: readonly Task[]): readonly Task[] {
    this.#claims.retain(new Set(running.map(({ id }) => id)));
    return running.filter(({ id, version, claim }) => {
      const lease = claim && { owner: claim.id, pulse: version, ttlMs: claim.ms };
      return !this.#claims.isHeld(id, lease);
    });
  }

  async #claim(task: Task): Promise<void> {
    const claimed = await claimTask(task, this.#deps);
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
