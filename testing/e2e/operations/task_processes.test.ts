import { systemClock } from '@latchkey/core/server';
import { waitUntil } from '@latchkey/core/server/wait_until';
// These tests check claims without whole servers, with tasks that report their start and end.
import {
  aTaskService,
  TASK_PROCESS,
  type TaskProcessOptions,
  type TaskProcessReport,
  type TaskServiceHarness,
  type TestStore,
} from '@latchkey/task-manager-plugin/server/testing';
import { stopEverything, storeAddress } from '@latchkey/test-environment';
import { onEachStore } from '@latchkey/test-environment/stores';
import { afterAll, afterEach, beforeEach, expect, it } from 'vitest';
import { type ChildOfTest, killChildren, startChild } from './child_of_test.ts';

const TIMEOUT_MS = 240_000;
/** Lifetime of a claim in milliseconds, longer than the delay of a process on a busy machine. */
const CLAIM_MS = 20_000;
/** Lifetime in milliseconds of a claim that does not expire during a test. */
const ENDLESS_MS = 3_600_000;

type Worker = ChildOfTest<TaskProcessReport>;
interface Run {
  readonly worker: number;
  readonly id: string;
  readonly attempt: number;
  readonly from: number;
  /** End of the run. Infinite while it continues. */
  readonly to: number;
}

/** Returns all runs of all processes. A run that a kill interrupted ended with its process. */
function runsOf(workers: readonly Worker[], killedAt: ReadonlyMap<number, number>): Run[] {
  return workers.flatMap(({ lines }, worker) =>
    lines.flatMap((line, at) => {
      if (line.type !== 'begin') return [];
      const end = lines.slice(at).find((later) => later.type === 'end' && later.id === line.id);
      const to = end?.type === 'end' ? end.at : (killedAt.get(worker) ?? Number.POSITIVE_INFINITY);
      return [{ worker, id: line.id, attempt: line.attempt, from: line.at, to }];
    }),
  );
}

/** Returns the pairs of runs of one task that overlapped in time. */
function overlaps(runs: readonly Run[]): (readonly [Run, Run])[] {
  return runs.flatMap((one, at) =>
    runs
      .slice(at + 1)
      .filter((other) => other.id === one.id && one.from < other.to && other.from < one.to)
      .map((other) => [one, other] as const),
  );
}

onEachStore(({ newLocation }) => {
  let store: TestStore;
  let scheduling: TaskServiceHarness;
  beforeEach(async () => {
    store = storeAddress(newLocation());
    const definition = { type: 'test:task', title: 'Test', run: async () => undefined };
    scheduling = await aTaskService({ path: store, clock: systemClock, definitions: [definition] });
    // This process only schedules tasks.
    await scheduling.stop();
  });
  afterEach(async () => {
    killChildren();
    await scheduling.close();
  });
  afterAll(stopEverything);

  async function someWorkers(
    count: number,
    over: Partial<TaskProcessOptions> = {},
  ): Promise<Worker[]> {
    const workers = Array.from({ length: count }, (_, n) =>
      startChild<TaskProcessReport>(TASK_PROCESS, {
        store,
        ownerId: `process-${n}`,
        claimMs: CLAIM_MS,
        ...over,
      } satisfies TaskProcessOptions),
    );
    await Promise.all(workers.map((worker) => worker.line('ready', { timeoutMs: TIMEOUT_MS })));
    return workers;
  }
  const schedule = (ids: readonly string[]) =>
    Promise.all(ids.map((id) => scheduling.tasks.schedule({ id, taskType: 'test:task' })));
  const named = (name: string, count: number) =>
    Array.from({ length: count }, (_, n) => `${name}-${n}`);

  it.each([2, 4])(
    '80 tasks and 8 recurring tasks are each executed in exactly one of %d processes',
    async (count) => {
      const workers = await someWorkers(count, { claimMs: ENDLESS_MS });
      const recurring = named('slow-recurring', 8);
      await Promise.all(
        recurring.map((id) =>
          scheduling.tasks.ensureScheduled({ id, taskType: 'test:task', intervalMs: 400 }),
        ),
      );
      const once = named('once', 80);
      await schedule(once);
      const ended = (id: string) =>
        workers.flatMap(({ lines }) => lines).filter((l) => l.type === 'end' && l.id === id).length;
      await waitUntil(
        'the tasks',
        () =>
          once.every((id) => ended(id) > 0) &&
          recurring.every((id) => ended(id) > 2) &&
          // Every process has executed some of the tasks.
          workers.every((worker) => worker.has('end')),
        { timeoutMs: TIMEOUT_MS },
      );
      const runs = runsOf(workers, new Map());
      expect(overlaps(runs)).toEqual([]);
      const runsOfOnce = runs.filter(({ id }) => id.startsWith('once'));
      expect(runsOfOnce.map(({ id }) => id).sort()).toEqual([...once].sort());
      expect(runs.every(({ attempt }) => attempt === 1)).toBe(true);
    },
  );

  it.each([
    ['of this machine', 'immediately', { claimMs: ENDLESS_MS }],
    ['of another machine', 'after their claims expire', { isOnOtherMachine: true }],
  ])(
    'the tasks of a killed process %s, and no others, are taken over %s',
    async (_machine, _when, over) => {
      const workers = await someWorkers(4, over);
      const hanging = named('hang', 12);
      await schedule(hanging);
      const begun = () => workers.flatMap(({ lines }) => lines).filter((l) => l.type === 'begin');
      await waitUntil('all tasks to begin', () => begun().length >= hanging.length, {
        timeoutMs: TIMEOUT_MS,
      });
      const victim = workers.findIndex((worker) => worker.has('begin'));
      const dying = workers[victim];
      if (dying === undefined) throw new Error('No process runs a task');
      // Other processes may notice the end before the test does.
      const killedAt = new Map([[victim, Date.now()]]);
      await dying.kill9();
      const cut = dying.lines.flatMap((line) => (line.type === 'begin' ? [line.id] : []));
      const taken = () =>
        runsOf(workers, killedAt).filter(
          ({ worker, attempt }) => worker !== victim && attempt === 2,
        );
      await waitUntil('the takeover', () => taken().length >= cut.length, {
        timeoutMs: TIMEOUT_MS,
      });
      const runs = runsOf(workers, killedAt);
      expect(overlaps(runs)).toEqual([]);
      expect(
        taken()
          .map(({ id }) => id)
          .sort(),
      ).toEqual(cut.sort());
      // Heartbeats have kept every other claim beyond its original lifetime.
      expect(runs).toHaveLength(hanging.length + cut.length);
    },
  );
});
