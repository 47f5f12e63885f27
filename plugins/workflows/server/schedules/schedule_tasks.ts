import type { Logger } from '@latchkey/core/server';
import type { ScheduledTask, TaskManagerStart } from '@latchkey/task-manager-plugin/server';
import { type ScheduledTrigger, scheduledTriggersOf } from './scheduled_triggers.ts';

/** Task type for the schedules of `scheduled` triggers. */
export const SCHEDULE_TASK_TYPE = 'workflows:scheduled_trigger';
/** Maximum attempts when other requests change the same workflow at the same time. */
const MAX_PASSES = 10;

/** Identifies a workflow. */
export interface WorkflowKey {
  readonly spaceId: string;
  readonly workflowId: string;
}

/** The part of a workflow that decides which of its schedules are active. */
interface PlannedWorkflow {
  readonly enabled: boolean;
  readonly valid: boolean;
  /** Keys of the `scheduled` triggers of the workflow. */
  readonly scheduleKeys: readonly string[];
}

/** The part of a workflow that decides when and as whom it runs. */
export interface ScheduledWorkflow extends PlannedWorkflow {
  readonly yaml: string;
  /** The user as whom scheduled runs of the workflow act. */
  readonly runsAs: { readonly profileUid: string };
}

/** Dependencies of {@link ScheduleTasks}. */
export interface ScheduleTasksDeps {
  readonly taskManager: Pick<TaskManagerStart, 'runAt' | 'runEvery' | 'getMany' | 'cancel'>;
  /** Reads the stored workflow in real time. `undefined`: it does not exist. */
  readonly read: (
    key: WorkflowKey,
  ) => Promise<(ScheduledWorkflow & { readonly version: string }) | undefined>;
  /** Parses the YAML of a workflow. Counts against the limits of this user. */
  readonly readDocument: (yaml: string, profileUid: string) => Promise<unknown>;
  readonly logger: Logger;
}

/**
 * Keeps one task for each `scheduled` trigger. Tasks are created before the workflow is written,
 * and removed afterwards. A crash in between therefore leaves at most a task without a trigger,
 * which does nothing.
 */
export class ScheduleTasks {
  readonly #deps: ScheduleTasksDeps;

  constructor(deps: ScheduleTasksDeps) {
    this.#deps = deps;
  }

  /**
   * Stores a workflow together with its schedules.
   * @param next the new workflow; absent: the workflow is deleted
   * @throws TaskScheduleError for a rule that has no occurrences; the errors of `write`
   */
  async saving<T>(
    key: WorkflowKey,
    next: ScheduledWorkflow | undefined,
    write: () => Promise<T>,
  ): Promise<T> {
    const { read, logger } = this.#deps;
    const before = activeKeys(await read(key));
    const wanted = activeKeys(next);
    if (next !== undefined && wanted.length > 0) await this.#create(key, next);
    try {
      return await write();
    } finally {
      if (before.length + wanted.length > 0)
        await this.#followStored(key, [...before, ...wanted]).catch((error: unknown) => {
          const message = `Scheduled tasks of workflow [${key.workflowId}] could not be updated; a task without a trigger may remain, and does nothing`;
          logger.warn(message, { error });
        });
    }
  }

  /** Removes the schedules of a workflow whose space is deleted. */
  async remove(key: WorkflowKey, { scheduleKeys }: Pick<ScheduledWorkflow, 'scheduleKeys'>) {
    for (const each of scheduleKeys) await this.#deps.taskManager.cancel(taskId(key, each));
  }

  /** Finds the tasks of the active triggers, by workflow. */
  async tasksOf<W extends PlannedWorkflow & { readonly spaceId: string; readonly id: string }>(
    workflows: readonly W[],
  ): Promise<ReadonlyMap<W, readonly ScheduledTask[]>> {
    const idsOf = ({ spaceId, id: workflowId, ...rest }: W) =>
      activeKeys(rest).map((each) => taskId({ spaceId, workflowId }, each));
    const ids = workflows.flatMap(idsOf);
    const tasks = ids.length === 0 ? new Map() : await this.#deps.taskManager.getMany(ids);
    return new Map(
      workflows.map((workflow) => [
        workflow,
        idsOf(workflow).flatMap((id): ScheduledTask[] => tasks.get(id) ?? []),
      ]),
    );
  }

  /**
   * Changes the tasks until they fit the stored workflow, even if other requests change it
   * meanwhile.
   */
  async #followStored(key: WorkflowKey, known: readonly string[]): Promise<void> {
    const { read, taskManager } = this.#deps;
    let stored = await read(key);
    for (let pass = 0; pass < MAX_PASSES; pass += 1) {
      const wanted = activeKeys(stored);
      if (stored !== undefined && wanted.length > 0) await this.#create(key, stored);
      const removed = known.filter((each) => !wanted.includes(each));
      for (const each of removed) await taskManager.cancel(taskId(key, each));
      const after = await read(key);
      if (after?.version === stored?.version) return;
      stored = after;
    }
  }

  async #create(
    key: WorkflowKey,
    { yaml, runsAs }: Pick<ScheduledWorkflow, 'yaml' | 'runsAs'>,
  ): Promise<void> {
    const document = await this.#deps.readDocument(yaml, runsAs.profileUid);
    for (const trigger of scheduledTriggersOf(document)) await this.#createOne(key, trigger);
  }

  async #createOne(key: WorkflowKey, { key: trigger, schedule }: ScheduledTrigger): Promise<void> {
    const { taskManager } = this.#deps;
    const task = {
      id: taskId(key, trigger),
      taskType: SCHEDULE_TASK_TYPE,
      params: { ...key, trigger },
    };
    if (schedule.kind === 'rrule') await taskManager.runAt({ ...task, rrule: schedule.rrule });
    else await taskManager.runEvery({ ...task, intervalMs: schedule.intervalMs });
  }
}

/** Keys of the triggers that fire. A disabled or invalid workflow has none. */
function activeKeys(
  workflow: Pick<ScheduledWorkflow, 'enabled' | 'valid' | 'scheduleKeys'> | undefined,
): readonly string[] {
  return workflow?.enabled === true && workflow.valid ? workflow.scheduleKeys : [];
}

function taskId({ spaceId, workflowId }: WorkflowKey, trigger: string): string {
  return `${SCHEDULE_TASK_TYPE}:${spaceId}:${workflowId}:${trigger}`;
}
