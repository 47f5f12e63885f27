/**
 * A build whose schedules fire every two seconds instead of every minute, for tests of schedules.
 */
import { TaskScheduler } from '@latchkey/task-manager-plugin/server/testing';

const MINUTE_MS = 60_000;
const OFTEN_MS = 2_000;

const { runEvery } = TaskScheduler.prototype;
TaskScheduler.prototype.runEvery = function (task) {
  const intervalMs = task.intervalMs === MINUTE_MS ? OFTEN_MS : task.intervalMs;
  return runEvery.call(this, { ...task, intervalMs });
};
