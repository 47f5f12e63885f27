export type { RunOutcome } from './claimed_task.ts';
export { registerRunMetrics } from './run_metrics.ts';
export type { TaskAbortedCode } from './task_aborted.ts';
export { TaskPoller, type TaskPollerDeps } from './task_poller.ts';
export { type RunObserver, TaskPool } from './task_pool.ts';
