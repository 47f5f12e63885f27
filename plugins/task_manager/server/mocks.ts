import { createLoggerMock } from '@latchkey/core/server/mocks';
import type {
  ScheduledTask,
  TaskDefinition,
  TaskManagerSetup,
  TaskManagerStart,
  TaskRunContext,
  TaskRunResult,
} from './types.ts';

/** A mock of the setup contract. It records definitions, and tests can run them. */
export interface TaskManagerSetupMock extends TaskManagerSetup {
  readonly definitions: ReadonlyMap<string, TaskDefinition>;
  /**
   * Runs a registered task once, as the task manager would.
   * @throws Error for an unknown type, and errors of the task
   */
  run(type: string, context?: Partial<TaskRunContext>): Promise<TaskRunResult | undefined>;
}

/** Creates the setup contract for tests of plugins that register tasks. */
export function createTaskManagerSetupMock(): TaskManagerSetupMock {
  const definitions = new Map<string, TaskDefinition>();
  return {
    definitions,
    registerTaskDefinition: (definition) => {
      definitions.set(definition.type, definition);
    },
    run: async (type, context = {}) => {
      const definition = definitions.get(type);
      if (definition === undefined) throw new Error(`Task type [${type}] is not registered`);
      return definition.run({ ...aTaskRunContext(), ...context });
    },
  };
}

/** Creates a run context, with which a test can call the code of a task directly. */
export const aTaskRunContext = (over: Partial<TaskRunContext> = {}): TaskRunContext => ({
  taskId: 'task-1',
  params: {},
  state: {},
  signal: new AbortController().signal,
  attempt: 1,
  occurrence: undefined,
  logger: createLoggerMock(),
  ...over,
});

/** One recorded call of the start contract. */
export type TaskManagerCall =
  | {
      readonly method: 'ensureScheduled';
      readonly task: Parameters<TaskManagerStart['ensureScheduled']>[0];
    }
  | { readonly method: 'schedule'; readonly task: Parameters<TaskManagerStart['schedule']>[0] }
  | { readonly method: 'runEvery'; readonly task: Parameters<TaskManagerStart['runEvery']>[0] }
  | { readonly method: 'runAt'; readonly task: Parameters<TaskManagerStart['runAt']>[0] }
  | { readonly method: 'runSoon' | 'cancel'; readonly taskId: string };

/** A mock of the start contract. It records calls and stores scheduled tasks, but runs none. */
export interface TaskManagerStartMock extends TaskManagerStart {
  readonly calls: TaskManagerCall[];
}

/** Creates the start contract for tests of plugins that schedule tasks. */
export function createTaskManagerStartMock(): TaskManagerStartMock {
  const calls: TaskManagerCall[] = [];
  const tasks = new Map<string, ScheduledTask>();
  const keep = (task: Pick<ScheduledTask, 'id' | 'taskType'> & Partial<ScheduledTask>): void => {
    tasks.set(task.id, { ...NEW_TASK, ...task });
  };
  return {
    calls,
    ensureScheduled: async (task) => {
      calls.push({ method: 'ensureScheduled', task });
      keep(task);
    },
    runAt: async (task) => {
      calls.push({ method: 'runAt', task });
      keep(task);
    },
    runEvery: async (task) => {
      calls.push({ method: 'runEvery', task });
      keep(task);
    },
    schedule: async (task) => {
      calls.push({ method: 'schedule', task });
      if (!tasks.has(task.id)) keep(task);
    },
    runSoon: async (taskId) => {
      calls.push({ method: 'runSoon', taskId });
    },
    get: async (taskId) => tasks.get(taskId),
    getMany: async (taskIds) =>
      new Map(
        taskIds.flatMap((id) => {
          const task = tasks.get(id);
          return task === undefined ? [] : [[id, task] as const];
        }),
      ),
    cancel: async (taskId) => {
      calls.push({ method: 'cancel', taskId });
      return tasks.delete(taskId);
    },
  };
}

const NEW_TASK = {
  params: {},
  state: {},
  status: 'idle',
  runAt: new Date(0),
  attempts: 0,
  intervalMs: undefined,
  rrule: undefined,
} as const;
