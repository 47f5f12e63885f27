import type { Clock, Logger, Randomness, ServiceStatus } from '@latchkey/core/server';
import {
  type ProcessLivenessProbe,
  processLivenessProbe,
} from '@latchkey/saved-objects/coordination';
import { type RunObserver, TaskPoller, TaskPool } from './running/index.ts';
import { TaskScheduler } from './scheduling/index.ts';
import type { TaskDefinitions, TaskStore } from './tasks/index.ts';
import type { TaskManagerStart } from './types.ts';

/** Dependencies of {@link startTaskService}. */
export interface TaskServiceDeps {
  readonly store: TaskStore;
  readonly definitions: TaskDefinitions;
  readonly observer: RunObserver;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly logger: Logger;
  /** Instance id of this process. */
  readonly ownerId: string;
  readonly pollIntervalMs: number;
  readonly maxWorkers: number;
  readonly claimMs: number;
  /** Probe of other processes. Default: that of this machine. */
  readonly probe?: ProcessLivenessProbe | undefined;
  /** Resolves when tasks may be claimed: a task may call a plugin that has not started yet. */
  readonly startAfter: Promise<void>;
}

/** The running task manager of one process. */
export interface TaskService {
  readonly tasks: TaskManagerStart;
  status(): ServiceStatus;
  /**
   * Stops claiming tasks, aborts running tasks and releases their claims. Takes at most ten
   * seconds. May be called twice.
   */
  stop(): Promise<void>;
}

/** Starts to poll for due tasks once `startAfter` has resolved. */
export function startTaskService(deps: TaskServiceDeps): TaskService {
  const { maxWorkers, observer, startAfter, probe = processLivenessProbe(), ...rest } = deps;
  const pool = new TaskPool(rest, maxWorkers, observer);
  const poller = new TaskPoller({ ...rest, pool, probe });
  const scheduler = new TaskScheduler({ ...rest, wake: () => poller.wake() });
  startAfter.then(() => poller.start());
  return {
    tasks: {
      ensureScheduled: (task) => scheduler.ensureScheduled(task),
      schedule: (task) => scheduler.schedule(task),
      runAt: (task) => scheduler.runAt(task),
      runEvery: (task) => scheduler.runEvery(task),
      runSoon: (taskId) => scheduler.runSoon(taskId),
      get: (taskId) => scheduler.get(taskId),
      getMany: (taskIds) => scheduler.getMany(taskIds),
      cancel: (taskId) => scheduler.cancel(taskId),
    },
    status: () => poller.status(),
    stop: async () => {
      const polling = poller.stop();
      await pool.stop();
      await polling;
    },
  };
}
