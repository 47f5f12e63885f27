/**
 * Entry point for the programs in `testing/` and for the tests of this plugin: its saved-object
 * type, a task service on a real store, and a program that runs tasks in another process.
 */
export { TaskScheduler } from '../scheduling/index.ts';
export { TASK_TYPE, taskSavedObjectType } from '../tasks/index.ts';
export type { TaskProcessOptions, TaskProcessReport } from './task_process.ts';
export {
  aTaskService,
  type FinishedRun,
  type TaskServiceHarness,
  type TaskServiceHarnessOptions,
  type TestStore,
} from './task_service_harness.ts';

/** Program of a process that takes `TaskProcessOptions` as JSON in its first argument. */
export const TASK_PROCESS = new URL('./task_process.ts', import.meta.url);
