import type { PluginInitializerContext } from '@latchkey/core/server';
import type { TaskManagerConfig } from './config.ts';
import { TaskManagerPlugin } from './plugin.ts';

export { config, type TaskManagerConfig } from './config.ts';
export { TaskScheduleError, type TaskScheduleErrorCode } from './scheduling/index.ts';
export type {
  Rrule,
  ScheduledTask,
  TaskDefinition,
  TaskManagerSetup,
  TaskManagerStart,
  TaskRunContext,
  TaskRunResult,
} from './types.ts';

/** Creates the plugin; called once by core. */
export const plugin = (context: PluginInitializerContext<TaskManagerConfig>): TaskManagerPlugin =>
  new TaskManagerPlugin(context);
