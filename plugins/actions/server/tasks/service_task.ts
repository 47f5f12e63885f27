import type {
  TaskDefinition,
  TaskManagerSetup,
  TaskRunContext,
  TaskRunResult,
} from '@latchkey/task-manager-plugin/server';

/** A task type whose runs receive the services of the plugin, as handlers of routes do. */
export interface ServiceTask<S> extends Omit<TaskDefinition, 'run'> {
  run(context: TaskRunContext, services: S): Promise<TaskRunResult | undefined>;
}

/**
 * Registers task types during setup.
 * @param services called at the beginning of each run, because the services exist only after start
 */
export function registerServiceTasks<S>(
  taskManager: TaskManagerSetup,
  tasks: readonly ServiceTask<S>[],
  services: () => S,
): void {
  for (const { run, ...definition } of tasks) {
    taskManager.registerTaskDefinition({
      ...definition,
      run: async (context) => run(context, services()),
    });
  }
}
