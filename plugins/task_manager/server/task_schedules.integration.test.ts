import { ManualClock } from '@latchkey/core/server/mocks';
import { describe, expect, it } from 'vitest';
import { REMOVE_FAILED_TASKS, removeFailedTasks } from './scheduling/index.ts';
import { aTask, ONE_OFF } from './task.mock.ts';
import { useTaskServices } from './task_services.mock.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const HOURLY = { id: 'hourly', taskType: 'test:task', intervalMs: 60 * MINUTE };

const aService = useTaskServices();

describe('the task manager, for one-off tasks,', () => {
  it('runs a one-off task once, with its params, and removes it', async () => {
    const clock = new ManualClock();
    const { definition, seen } = aTask();
    const { tasks, store, runs } = await aService({ clock, definitions: [definition] });
    await tasks.schedule(ONE_OFF);
    await tasks.schedule({ ...ONE_OFF, params: { n: 2 } });
    await clock.advance(10 * MINUTE);
    expect(seen).toHaveLength(1);
    expect(seen[0]).toMatchObject({ taskId: 'one', params: { n: 1 }, state: {}, attempt: 1 });
    expect(await store.get('one')).toBeUndefined();
    expect(runs).toEqual([{ taskType: 'test:task', outcome: 'success' }]);
  });

  it('claims no task before all plugins have started, because the code of a task may call any plugin', async () => {
    const clock = new ManualClock();
    const { definition, seen } = aTask();
    const { promise: startAfter, resolve } = Promise.withResolvers<void>();
    const { tasks } = await aService({ clock, definitions: [definition], startAfter });
    await tasks.schedule(ONE_OFF);
    await clock.advance(10 * MINUTE);
    expect(seen).toHaveLength(0);
    resolve();
    await clock.advance(MINUTE);
    expect(seen).toHaveLength(1);
  });

  it('runs a task at its scheduled time and not before', async () => {
    const clock = new ManualClock();
    const { definition, seen } = aTask();
    const { tasks } = await aService({ clock, definitions: [definition] });
    await tasks.schedule({ ...ONE_OFF, runAt: new Date(clock.now() + MINUTE) });
    await clock.advance(MINUTE - 1);
    expect(seen).toHaveLength(0);
    await clock.advance(3301);
    expect(seen).toHaveLength(1);
  });

  it('keeps a one-off task that returns another run time, with its state', async () => {
    const clock = new ManualClock();
    const { definition, seen } = aTask(async ({ state }) =>
      state['page'] === 2
        ? undefined
        : { state: { page: Number(state['page'] ?? 0) + 1 }, runAt: new Date(clock.now()) },
    );
    const { tasks, store } = await aService({ clock, definitions: [definition] });
    await tasks.schedule(ONE_OFF);
    await clock.advance(MINUTE);
    expect(seen.map(({ state }) => state)).toEqual([{}, { page: 1 }, { page: 2 }]);
    expect(await store.get('one')).toBeUndefined();
  });

  it('retries with growing pauses, then gives up, with one log line per failure', async () => {
    const clock = new ManualClock();
    const at: number[] = [];
    const { definition, seen } = aTask(async () => {
      at.push(clock.now());
      throw new Error('it is broken');
    });
    const { tasks, store, logger } = await aService({ clock, definitions: [definition] });
    await tasks.schedule(ONE_OFF);
    await clock.advance(30 * MINUTE);
    expect(seen.map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
    const [first = 0, second = 0, third = 0] = at;
    expect(third - second).toBeGreaterThan(second - first);
    expect((await store.get('one'))?.status).toBe('failed');
    const failures = logger.lines.filter(({ message }) => message.includes('failed on attempt'));
    expect(failures.map(({ level }) => level)).toEqual(['warn', 'warn', 'error']);
    expect(failures[2]?.message).toContain('given up');
  });

  it('runs a task that was given up when it is scheduled again', async () => {
    const clock = new ManualClock();
    let isBroken = true;
    const { definition } = aTask(
      async () => {
        if (isBroken) throw new Error('it is broken');
        return undefined;
      },
      { maxAttempts: 1 },
    );
    const { tasks, store, runs } = await aService({ clock, definitions: [definition] });
    await tasks.schedule(ONE_OFF);
    await clock.advance(MINUTE);
    isBroken = false;
    await tasks.schedule(ONE_OFF);
    await clock.advance(MINUTE);
    expect(runs.map(({ outcome }) => outcome)).toEqual(['failed', 'success']);
    expect(await store.get('one')).toBeUndefined();
  });

  it('removes a task one month after it was given up', async () => {
    const clock = new ManualClock();
    const { definition } = aTask(async () => Promise.reject(new Error('it is broken')), {
      maxAttempts: 1,
    });
    const cleanUp = removeFailedTasks(async () => service.store, clock);
    const service = await aService({
      clock,
      definitions: [definition, cleanUp],
      pollIntervalMs: 60 * MINUTE,
    });
    await service.tasks.ensureScheduled(REMOVE_FAILED_TASKS);
    await service.tasks.schedule(ONE_OFF);
    await clock.advance(29 * DAY);
    expect((await service.store.get('one'))?.status).toBe('failed');
    await clock.advance(3 * DAY);
    expect(await service.store.get('one')).toBeUndefined();
  });

  it('does not change tasks of a type that no plugin has registered', async () => {
    const clock = new ManualClock();
    const { definition } = aTask();
    const before = await aService({ clock, definitions: [definition] });
    await before.stop();
    await before.tasks.schedule(ONE_OFF);
    const after = await aService({ clock, definitions: [], ownerId: 'process-2' });
    await clock.advance(10 * MINUTE);
    expect(await after.store.get('one')).toMatchObject({ status: 'idle', attempts: 0 });
    await expect(after.tasks.schedule(ONE_OFF)).rejects.toThrow('[test:task] is not registered');
  });
});

describe('the task manager, for recurring tasks,', () => {
  it('G108: spreads first runs over a minute and later runs by a tenth of the interval', async () => {
    const clock = new ManualClock();
    const start = clock.now();
    const at = new Map<string, number[]>();
    const { definition } = aTask(async ({ taskId }) => {
      at.set(taskId, [...(at.get(taskId) ?? []), clock.now() - start]);
      return undefined;
    });
    const { tasks } = await aService({ clock, definitions: [definition], maxWorkers: 50 });
    for (let n = 0; n < 20; n += 1) await tasks.ensureScheduled({ ...HOURLY, id: `hourly-${n}` });
    await clock.advance(80 * MINUTE);
    const runs = [...at.values()];
    expect(runs).toHaveLength(20);
    for (const [first = -1, second = -1] of runs) {
      expect(first).toBeLessThan(MINUTE + 3300);
      expect(second - first).toBeGreaterThanOrEqual(54 * MINUTE);
      expect(second - first).toBeLessThanOrEqual(66 * MINUTE + 3300);
    }
    expect(new Set(runs.map(([first]) => first)).size).toBeGreaterThan(10);
    expect(new Set(runs.map(([, second]) => second)).size).toBeGreaterThan(10);
  });

  it('G108: spreads tasks over a minute when they became due while no server ran', async () => {
    const clock = new ManualClock();
    const { definition } = aTask();
    const ids = Array.from({ length: 20 }, (_, n) => `hourly-${n}`);
    const before = await aService({ clock, definitions: [definition], maxWorkers: 50 });
    for (const id of ids) await before.tasks.ensureScheduled({ ...HOURLY, id });
    await clock.advance(2 * MINUTE);
    await before.stop();
    await clock.advance(DAY);
    const at = new Map<string, number>();
    const start = clock.now();
    const later = aTask(async ({ taskId }) => {
      at.set(taskId, clock.now() - start);
      return undefined;
    });
    const after = await aService({
      clock,
      definitions: [later.definition],
      ownerId: 'process-2',
      maxWorkers: 50,
    });
    for (const id of ids) await after.tasks.ensureScheduled({ ...HOURLY, id });
    await clock.advance(MINUTE + 3300);
    const times = [...at.values()].sort((a, b) => a - b);
    expect(times).toHaveLength(20);
    // If run times are spread well, no three seconds contain half of the tasks.
    const highest = Math.max(
      ...times.map((time) => times.filter((t) => t >= time && t < time + 3300).length),
    );
    expect(highest).toBeLessThan(10);
  });

  it('passes the state of a run to the next one, and keeps the state when a run fails', async () => {
    const clock = new ManualClock();
    const { definition, seen } = aTask(async ({ state, attempt }) => {
      const count = Number(state['count'] ?? 0);
      if (count === 1 && attempt === 1) throw new Error('it is broken');
      return { state: { count: count + 1 } };
    });
    const { tasks } = await aService({ clock, definitions: [definition] });
    await tasks.ensureScheduled({ ...HOURLY, intervalMs: MINUTE });
    await clock.advance(5 * MINUTE);
    expect(seen.slice(0, 4).map(({ state, attempt }) => [state['count'], attempt])).toEqual([
      [undefined, 1],
      [1, 1],
      [1, 2],
      [2, 1],
    ]);
  });

  it('waits for the next interval after the last attempt, and then counts attempts from the start', async () => {
    const clock = new ManualClock();
    const { definition, seen } = aTask(async () => Promise.reject(new Error('it is broken')), {
      maxAttempts: 2,
    });
    const { tasks, store } = await aService({ clock, definitions: [definition] });
    await tasks.ensureScheduled(HOURLY);
    await clock.advance(20 * MINUTE);
    expect(seen.map(({ attempt }) => attempt)).toEqual([1, 2]);
    expect(await store.get('hourly')).toMatchObject({ status: 'idle', attempts: 0 });
    await clock.advance(60 * MINUTE);
    expect(seen.map(({ attempt }) => attempt)).toEqual([1, 2, 1, 2]);
  });

  it('keeps one row per task, and applies a changed interval', async () => {
    const clock = new ManualClock();
    const { definition, seen } = aTask();
    const { tasks, store } = await aService({ clock, definitions: [definition] });
    await tasks.ensureScheduled({ ...HOURLY, intervalMs: 24 * 60 * MINUTE });
    await clock.advance(2 * MINUTE);
    const before = await store.get('hourly');
    await tasks.ensureScheduled({ ...HOURLY, intervalMs: 24 * 60 * MINUTE });
    expect(await store.get('hourly')).toEqual(before);
    await tasks.ensureScheduled({ ...HOURLY, intervalMs: MINUTE });
    await clock.advance(2 * MINUTE);
    expect(seen.length).toBeGreaterThanOrEqual(2);
  });

  it('runs a task soon when it is asked to, unless the task does not exist', async () => {
    const clock = new ManualClock();
    const { definition, seen } = aTask();
    const { tasks } = await aService({ clock, definitions: [definition] });
    await tasks.ensureScheduled(HOURLY);
    await clock.advance(2 * MINUTE);
    expect(seen).toHaveLength(1);
    await tasks.runSoon('hourly');
    await clock.advance(1);
    expect(seen).toHaveLength(2);
    await tasks.runSoon('nothing');
  });
});
