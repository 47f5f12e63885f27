/**
 * A build whose tasks of every minute run every five seconds, for tests that wait for the outbox of
 * revocations.
 */
import { TaskScheduler } from '@latchkey/task-manager-plugin/server/testing';

const MINUTE_MS = 60_000;
const OFTEN_MS = 5_000;

const { ensureScheduled } = TaskScheduler.prototype;
TaskScheduler.prototype.ensureScheduled = function (task) {
  const intervalMs = task.intervalMs === MINUTE_MS ? OFTEN_MS : task.intervalMs;
  return ensureScheduled.call(this, { ...task, intervalMs });
};
