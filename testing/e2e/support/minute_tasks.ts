/**
 * Options of an installation whose tests wait for tasks that run once a minute: they run every few
 * seconds, and at once when they are due.
 */
export const MINUTE_TASKS_RUN_OFTEN = {
  build: new URL('../builds/minute_tasks_run_often_build.ts', import.meta.url),
  settings: { 'xpack.task_manager.poll_interval': '500ms' },
} as const;
