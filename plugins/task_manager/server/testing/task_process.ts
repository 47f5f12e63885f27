import { setTimeout as delay } from 'node:timers/promises';
import { systemClock, systemRandomness } from '@latchkey/core/server';
import { NO_PROBE } from '@latchkey/saved-objects/coordination';
import { aTaskService, type TestStore } from './task_service_harness.ts';

/** Arguments of a process that runs tasks. */
export interface TaskProcessOptions {
  readonly store: TestStore;
  readonly ownerId: string;
  readonly claimMs: number;
  /** `true`: other processes cannot find out that this one has ended. Default `false`. */
  readonly isOnOtherMachine?: boolean;
}

/**
 * One line of JSON that such a process prints. `at` is in milliseconds since the epoch; all
 * processes of a machine use the same clock.
 */
export type TaskProcessReport =
  | { readonly type: 'ready' }
  | { readonly type: 'begin'; readonly id: string; readonly attempt: number; readonly at: number }
  | { readonly type: 'end'; readonly id: string; readonly at: number };

/** Each line is written by one call, so that complete lines survive a kill. */
const print = (report: TaskProcessReport): void => {
  process.stdout.write(`${JSON.stringify(report)}\n`);
};

/**
 * Runs the tasks of a store until the process is killed. A task whose id begins with `hang` never
 * ends; one whose id begins with `slow` takes a while.
 */
const { store, ownerId, claimMs, isOnOtherMachine } = JSON.parse(
  String(process.argv[2]),
) as TaskProcessOptions;
await aTaskService({
  path: store,
  ownerId,
  claimMs,
  probe: isOnOtherMachine ? NO_PROBE : undefined,
  pollIntervalMs: 100,
  clock: systemClock,
  randomness: systemRandomness,
  definitions: [
    {
      type: 'test:task',
      title: 'Test',
      run: async ({ taskId: id, attempt, signal }) => {
        print({ type: 'begin', id, attempt, at: Date.now() });
        const ms = id.startsWith('hang') ? 600_000 : id.startsWith('slow') ? 200 : 2;
        await delay(ms, undefined, { signal });
        print({ type: 'end', id, at: Date.now() });
        return undefined;
      },
    },
  ],
});
print({ type: 'ready' });
