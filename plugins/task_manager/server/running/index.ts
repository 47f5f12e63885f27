export type { RunOutcome } from './claimed_task.ts';
export { registerRunMetrics } from './run_metrics.ts';
export { TaskPoller } from './task_poller.ts';
export { type RunObserver, TaskPool } from './task_pool.ts';
