import type { MetricsSetup } from '@latchkey/core/server';
import type { RunObserver } from './task_pool.ts';

/**
 * Counts runs by type and outcome, measures their durations, and exposes the number of current
 * runs.
 */
export function registerRunMetrics(metrics: MetricsSetup): RunObserver {
  let running = 0;
  const runs = metrics.counter(
    'latchkey_task_runs_total',
    'Finished task runs, by type and outcome',
    ['type', 'outcome'],
  );
  const duration = metrics.histogram(
    'latchkey_task_run_seconds',
    'Duration of task runs, by type',
    ['type'],
  );
  metrics.gauge(
    'latchkey_tasks_running',
    'Number of tasks that this process runs now',
    () => running,
  );
  return {
    started: () => {
      running += 1;
    },
    ended: ({ taskType, outcome, seconds }) => {
      running -= 1;
      runs.inc({ type: taskType, outcome });
      duration.observe(seconds, { type: taskType });
    },
  };
}
