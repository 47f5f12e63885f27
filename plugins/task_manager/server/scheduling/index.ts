export { REMOVE_FAILED_TASKS, removeFailedTasks } from './remove_failed_tasks.ts';
export { nextDelayMs, retryDelayMs } from './run_times.ts';
export { TaskScheduler, type TaskSchedulerDeps } from './task_scheduler.ts';
