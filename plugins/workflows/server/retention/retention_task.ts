import type { Clock, Logger } from '@latchkey/core/server';
import type { TaskDefinition, TaskManagerStart } from '@latchkey/task-manager-plugin/server';
import type { RunRetention } from './run_retention.ts';

const TASK_TYPE = 'workflows:run_retention';
const TASK_ID = 'Workflows-workflows:run_retention';
const INTERVAL_MS = 3_600_000;
/** Pause in milliseconds before the next pass when there are still too many runs. */
const NEXT_PASS_MS = 60_000;

/** Definition of the task that deletes old runs. Only one process at a time executes the task. */
export function retentionTaskDefinition(
  services: () => Promise<{ readonly retention: RunRetention; readonly clock: Pick<Clock, 'now'> }>,
): TaskDefinition {
  return {
    type: TASK_TYPE,
    title: 'Delete old workflow runs',
    timeoutMs: INTERVAL_MS,
    run: async ({ signal }) => {
      const { retention, clock } = await services();
      const { hasMore } = await retention.run(signal);
      return hasMore ? { runAt: new Date(clock.now() + NEXT_PASS_MS) } : undefined;
    },
  };
}

/**
 * Schedules the task. A failure is only logged, because the server can run without the task for a
 * while.
 */
export async function scheduleRetention(
  taskManager: Pick<TaskManagerStart, 'ensureScheduled'>,
  logger: Logger,
): Promise<void> {
  try {
    await taskManager.ensureScheduled({
      id: TASK_ID,
      taskType: TASK_TYPE,
      intervalMs: INTERVAL_MS,
    });
  } catch (error) {
    logger.error(
      `Task [${TASK_ID}] could not be scheduled; it will be retried at the next server start`,
      { error },
    );
  }
}
