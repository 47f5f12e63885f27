export { lastOccurrence } from './calendar.ts';
export { REMOVE_FAILED_TASKS, removeFailedTasks } from './remove_failed_tasks.ts';
export { nextRunAt, retryDelayMs } from './run_times.ts';
export { TaskScheduleError, type TaskScheduleErrorCode } from './task_schedule_error.ts';
export { TaskScheduler } from './task_scheduler.ts';
