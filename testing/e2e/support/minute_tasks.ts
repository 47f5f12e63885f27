/** Build and settings with which tasks that normally run once a minute run every few seconds. */
export const MINUTE_TASKS_RUN_OFTEN = {
  build: new URL('../builds/minute_tasks_run_often_build.ts', import.meta.url),
  settings: { 'xpack.task_manager.poll_interval': '500ms' },
} as const;
