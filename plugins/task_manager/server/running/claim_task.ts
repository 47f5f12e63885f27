import type { Clock, Logger, Randomness } from '@latchkey/core/server';
import { type LeaseMonitor, takeLease } from '@latchkey/saved-objects/coordination';
import { nextRunAt } from '../scheduling/index.ts';
import { NO_CLAIM, type Task, type TaskDefinitions, type TaskStore } from '../tasks/index.ts';
import type { ClaimedTask } from './claimed_task.ts';
import { type ClaimChanges, leasedTask } from './task_lease.ts';

/** The id of a claim has at most 64 characters, with the identity of its process. */

/** Dependencies of {@link TaskClaimer}. */
export interface TaskClaimerDeps {
  readonly store: TaskStore;
  readonly definitions: TaskDefinitions;
  readonly clock: Clock;
  readonly randomness: Randomness;
  /** Instance id of this process. */
  readonly ownerId: string;
  readonly claimMs: number;
  /** Finds out if the process of a claim has ended, and names this process in new claims. */
  readonly claims: Pick<LeaseMonitor, 'newOwner'>;
  readonly logger: Logger;
}

/** Claims tasks for this process. */
export class TaskClaimer {
  readonly #deps: TaskClaimerDeps;

  constructor(deps: TaskClaimerDeps) {
    this.#deps = deps;
  }

  /**
   * Claims a task that is due or whose claim has expired, if it still has the version seen.
   * Resolves to `undefined` when another process was first, or when the process of every allowed
   * attempt has ended during the task.
   */
  async claim(seen: Task): Promise<ClaimedTask | undefined> {
    const { store, definitions, clock, randomness, ownerId, claimMs, claims } = this.#deps;
    const definition = definitions.find(seen.taskType);
    if (definition === undefined) return undefined;
    if (seen.attempts >= definition.maxAttempts) {
      await this.#giveUp(seen);
      return undefined;
    }
    const changes: ClaimChanges = {
      status: 'running',
      attempts: seen.attempts + 1,
      startedAt: new Date(clock.now()).toISOString(),
    };
    const lease = await takeLease({
      target: leasedTask(store, { id: seen.id, ownerId, claimMs }),
      document: seen,
      owner: claims.newOwner(randomness),
      ttlMs: claimMs,
      clock,
      changes,
    });
    return lease === undefined ? undefined : { task: lease.document, lease, definition };
  }

  /**
   * Ends the attempts of a task during which processes end, so that it cannot crash every process
   * in turn.
   */
  async #giveUp(seen: Task): Promise<void> {
    const { store, clock, randomness, logger } = this.#deps;
    const { id, attempts } = seen;
    const runAt = nextRunAt(seen, clock.now(), randomness);
    const written = await store.update(
      seen,
      runAt === undefined
        ? { ...NO_CLAIM, status: 'failed' }
        : { ...NO_CLAIM, status: 'idle', attempts: 0, runAt: runAt.toISOString() },
    );
    if (written !== undefined) {
      const next = runAt === undefined ? 'it is given up' : 'it waits for its next run';
      logger.error(
        `Task [${id}] was interrupted on each of ${attempts} attempts because its process exited; ${next}`,
      );
    }
  }
}
