import type { Clock } from '@latchkey/core/server';
import type { TaskStore } from '../tasks/index.ts';
import type { TaskDefinition } from '../types.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
/** Milliseconds for which failed tasks are kept, so that an operator can notice them. */
const KEEP_MS = 30 * DAY_MS;

/** Id, type and interval of the recurring task itself. */
export const REMOVE_FAILED_TASKS = {
  id: 'taskManager:remove_failed_tasks',
  taskType: 'taskManager:remove_failed_tasks',
  intervalMs: DAY_MS,
} as const;

/**
 * Definition of the task that removes one-off tasks that were given up long ago, so that they do
 * not accumulate.
 */
export function removeFailedTasks(store: () => Promise<TaskStore>, clock: Clock): TaskDefinition {
  return {
    type: REMOVE_FAILED_TASKS.taskType,
    title: 'Remove one-off tasks that were given up',
    run: async ({ signal }) => {
      const tasks = await store();
      for await (const batch of tasks.failedBefore(new Date(clock.now() - KEEP_MS))) {
        for (const task of batch) {
          signal.throwIfAborted();
          await tasks.remove(task);
        }
      }
      return undefined;
    },
  };
}
