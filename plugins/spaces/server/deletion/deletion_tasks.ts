import { DEFAULT_SPACE_ID } from '@latchkey/core/common';
import type { Clock, Logger } from '@latchkey/core/server';
import type { TaskDefinition, TaskManagerStart } from '@latchkey/task-manager-plugin/server';
import { z } from 'zod';
import type { SpaceStore } from '../spaces/index.ts';
import type { SpaceDataHandlers } from './data_handlers.ts';
import type { DeletionStore } from './deletion_store.ts';
import { BACKGROUND_AFTER_MS, type SpaceDeletions } from './space_deletions.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/**
 * Time in milliseconds for one slice of a deletion. It is shorter than the task's own timeout, so
 * that a long deletion does not count as failed.
 */
const SLICE_MS = 10 * MINUTE_MS;
/** Milliseconds for which the result of a deletion can be read. */
const RECORD_LIFETIME_MS = 30 * DAY_MS;

const DELETE_TASK = 'spaces:delete_space';
const params = z.strictObject({ spaceId: z.string().min(1).max(512) });

/** Dependencies of {@link DeletionTasks}. */
export interface DeletionTaskDeps {
  readonly spaces: SpaceStore;
  readonly handlers: SpaceDataHandlers;
  readonly store: DeletionStore;
  readonly deletions: SpaceDeletions;
  readonly schedule: (spaceId: string, runAt: Date) => Promise<void>;
  /**
   * Resolves once the plugin has started. A task that an earlier process has scheduled may run
   * before.
   */
  readonly whenStarted: () => Promise<unknown>;
  readonly clock: Clock;
  readonly logger: Logger;
}

interface RecurringTask extends TaskDefinition {
  readonly id: string;
  readonly intervalMs: number;
}

/** Background tasks that delete spaces, resume deletions and find orphaned data. */
export class DeletionTasks {
  readonly #deps: DeletionTaskDeps;

  constructor(deps: DeletionTaskDeps) {
    this.#deps = deps;
  }

  /** All task types of this plugin, for setup. */
  definitions(): readonly TaskDefinition[] {
    const { whenStarted, deletions } = this.#deps;
    return [
      {
        type: DELETE_TASK,
        title: 'Delete a space with everything in it',
        timeoutMs: HOUR_MS,
        run: async ({ params: given, signal }) => {
          await whenStarted();
          const { spaceId } = params.parse(given);
          const slice = AbortSignal.any([signal, AbortSignal.timeout(SLICE_MS)]);
          const runAt = await deletions.resume(spaceId, slice);
          return runAt === undefined ? undefined : { runAt };
        },
      },
      ...this.#recurring(),
    ];
  }

  /**
   * Schedules the recurring tasks and runs them now, so that work that an earlier process left is
   * found immediately. A failure is only logged, because the next start tries again.
   */
  async schedule(taskManager: TaskManagerStart): Promise<void> {
    for (const { id, type, intervalMs } of this.#recurring()) {
      try {
        await taskManager.ensureScheduled({ id, taskType: type, intervalMs });
        await taskManager.runSoon(id);
      } catch (error) {
        this.#deps.logger.error(
          `Task [${id}] could not be scheduled; it will be retried at the next server start`,
          { error },
        );
      }
    }
  }

  #recurring(): readonly RecurringTask[] {
    const { whenStarted, store, clock } = this.#deps;
    return [
      {
        id: 'Spaces-spaces:resume_deletions',
        type: 'spaces:resume_deletions',
        title: 'Resume interrupted deletions of spaces, and remove old records',
        intervalMs: MINUTE_MS,
        run: async ({ signal }) => {
          await whenStarted();
          await this.#resumeDeletions();
          await store.removeFinishedBefore(new Date(clock.now() - RECORD_LIFETIME_MS), signal);
          return undefined;
        },
      },
      {
        id: 'Spaces-spaces:delete_orphaned_data',
        type: 'spaces:delete_orphaned_data',
        title: 'Find and delete data of spaces that no longer exist',
        intervalMs: DAY_MS,
        timeoutMs: HOUR_MS,
        run: async ({ signal }) => {
          await whenStarted();
          await this.#deleteOrphanedData(signal);
          return undefined;
        },
      },
    ];
  }

  async #resumeDeletions(): Promise<void> {
    const { spaces, schedule, clock } = this.#deps;
    for await (const id of spaces.closedIds()) {
      const since = (await spaces.get(id))?.deletingSince;
      if (since === undefined) continue;
      // The request that closed the space a moment ago may still be working. The wait is limited,
      // so that a clock that is ahead adds no delay.
      const waitMs = Date.parse(since) + BACKGROUND_AFTER_MS - clock.now();
      const isSoon = waitMs > 0 && waitMs <= BACKGROUND_AFTER_MS;
      await schedule(id, new Date(clock.now() + (isSoon ? waitMs : 0)));
    }
  }

  /**
   * Finds data of spaces that no longer exist, and has it removed like the data of a deleted space.
   * Older versions left such data. A crash can also leave it, if it happens between a write in a
   * space and the check that the space is still open.
   */
  async #deleteOrphanedData(signal: AbortSignal): Promise<void> {
    const { spaces, handlers, deletions, logger } = this.#deps;
    const checked = new Set<string>([DEFAULT_SPACE_ID]);
    for (const handler of handlers.list()) {
      for await (const id of handler.spacesInUse?.() ?? []) {
        if (signal.aborted) return;
        if (checked.has(id)) continue;
        checked.add(id);
        // A closed space already has a deletion.
        if ((await spaces.get(id)) !== undefined) continue;
        if (!(await deletions.closeOrphaned(id))) continue;
        logger.warn(
          `Space [${id}] no longer exists, but [${handler.id}] still has data of it. The data will be removed and its grants revoked.`,
        );
      }
    }
  }
}

/**
 * Schedules one task per space, so that only one process at a time works on a deletion. An existing
 * task is kept.
 */
export function deletionScheduler(
  taskManager: () => Pick<TaskManagerStart, 'schedule'>,
): DeletionTaskDeps['schedule'] {
  return (spaceId, runAt) =>
    taskManager().schedule({
      id: `${DELETE_TASK}:${spaceId}`,
      taskType: DELETE_TASK,
      params: { spaceId },
      runAt,
    });
}
