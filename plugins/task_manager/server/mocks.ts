import { createLoggerMock } from '@latchkey/core/server/mocks';
import type {
  TaskDefinition,
  TaskManagerSetup,
  TaskManagerStart,
  TaskRunContext,
  TaskRunResult,
} from './types.ts';

/** A setup contract that records definitions and runs them on demand. */
export interface TaskManagerSetupMock extends TaskManagerSetup {
  readonly definitions: ReadonlyMap<string, TaskDefinition>;
  /** Runs a registered task once, as the task manager would. @throws Error for an unknown type, and what the task throws */
  run(type: string, context?: Partial<TaskRunContext>): Promise<TaskRunResult | undefined>;
}

/** For tests of plugins that register tasks. */
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

/** What a run sees, for calling a task's code directly. */
export const aTaskRunContext = (over: Partial<TaskRunContext> = {}): TaskRunContext => ({
  taskId: 'task-1',
  params: {},
  state: {},
  signal: new AbortController().signal,
  attempt: 1,
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
  | { readonly method: 'runSoon'; readonly taskId: string };

/** A start contract that records calls and runs nothing. */
export interface TaskManagerStartMock extends TaskManagerStart {
  readonly calls: TaskManagerCall[];
}

/** For tests of plugins that schedule tasks. */
export function createTaskManagerStartMock(): TaskManagerStartMock {
  const calls: TaskManagerCall[] = [];
  return {
    calls,
    ensureScheduled: async (task) => {
      calls.push({ method: 'ensureScheduled', task });
    },
    schedule: async (task) => {
      calls.push({ method: 'schedule', task });
    },
    runSoon: async (taskId) => {
      calls.push({ method: 'runSoon', taskId });
    },
  };
}
