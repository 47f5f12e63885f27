import type { CoreSetup, CoreStart, Plugin, PluginInitializerContext } from '@latchkey/core/server';
import type { TaskManagerConfig } from './config.ts';
import { type RunObserver, registerRunMetrics } from './running/index.ts';
import { REMOVE_FAILED_TASKS, removeFailedTasks } from './scheduling/index.ts';
import { startTaskService, type TaskService } from './task_service.ts';
import { TASK_TYPE, TaskDefinitions, TaskStore, taskSavedObjectType } from './tasks/index.ts';
import type { TaskManagerSetup, TaskManagerStart } from './types.ts';

/** Connects the parts of the task manager. The README describes what happens to a task. */
export class TaskManagerPlugin implements Plugin<TaskManagerSetup, TaskManagerStart> {
  readonly #context: PluginInitializerContext<TaskManagerConfig>;
  readonly #definitions = new TaskDefinitions();
  #observer: RunObserver | undefined;
  #service: TaskService | undefined;

  constructor(context: PluginInitializerContext<TaskManagerConfig>) {
    this.#context = context;
  }

  setup(core: CoreSetup<object, TaskManagerStart>): TaskManagerSetup {
    core.savedObjects.registerType(taskSavedObjectType);
    this.#observer = registerRunMetrics(core.metrics);
    core.status.register(
      'taskManager',
      () => this.#service?.status() ?? { level: 'unavailable', summary: 'Not started yet' },
    );
    const store = async () => storeOf((await core.getStartServices())[0]);
    this.#definitions.register(removeFailedTasks(store, this.#context.clock));
    return { registerTaskDefinition: (definition) => this.#definitions.register(definition) };
  }

  async start(core: CoreStart): Promise<TaskManagerStart> {
    if (this.#observer === undefined)
      throw new Error('The plugin task_manager: start() was called before setup()');
    const { clock, config, env, logger, randomness } = this.#context;
    this.#definitions.close();
    const service = startTaskService({
      store: storeOf(core),
      definitions: this.#definitions,
      observer: this.#observer,
      clock,
      randomness,
      logger,
      ownerId: env.instanceId,
      pollIntervalMs: config.poll_interval,
      maxWorkers: config.max_workers,
      claimMs: config.claim_duration,
      startAfter: core.allPluginsStarted,
    });
    this.#service = service;
    await service.tasks.ensureScheduled(REMOVE_FAILED_TASKS);
    return service.tasks;
  }

  async stop(): Promise<void> {
    await this.#service?.stop();
  }
}

function storeOf(core: CoreStart): TaskStore {
  return new TaskStore(core.savedObjects.createRepository({ includedHiddenTypes: [TASK_TYPE] }));
}
