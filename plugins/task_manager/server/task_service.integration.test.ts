import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ManualClock } from '@latchkey/core/server/mocks';
import { type DocumentStore, StoreError } from '@latchkey/saved-objects';
import { REMOVE_FAILED_TASKS, removeFailedTasks } from './scheduling/index.ts';
import {
  aTaskService,
  type TaskServiceHarness,
  type TaskServiceHarnessOptions,
} from './task_service.mock.ts';
import type { TaskDefinition, TaskRunContext, TaskRunResult } from './types.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

let folder: string;
let open: TaskServiceHarness[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'latchkey-tasks-'));
  open = [];
});
afterEach(async () => {
  for (const service of open) await service.close();
  rmSync(folder, { recursive: true });
});

async function aService(options: TaskServiceHarnessOptions): Promise<TaskServiceHarness> {
  const service = await aTaskService({ path: join(folder, 'store.db'), ...options });
  open.push(service);
  return service;
}

/** A task that records its runs and does what `behave` says. */
function aTask(
  behave: (context: TaskRunContext) => Promise<TaskRunResult | undefined> = async () => undefined,
  over: Partial<TaskDefinition> = {},
) {
  const seen: TaskRunContext[] = [];
  const definition: TaskDefinition = {
    type: 'test:task',
    title: 'Test',
    run: (context) => {
      seen.push(context);
      return behave(context);
    },
    ...over,
  };
  return { definition, seen };
}

/** Ends only when told to by the signal, as a well-behaved task does. */
const untilAborted = ({ signal }: TaskRunContext) =>
  new Promise<undefined>((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason));
  });

const ONE_OFF = { id: 'one', taskType: 'test:task', params: { n: 1 } };
const HOURLY = { id: 'hourly', taskType: 'test:task', intervalMs: 60 * MINUTE };

describe('one-off tasks', () => {
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

  it('runs a task at the time asked for and not before', async () => {
    const clock = new ManualClock();
    const { definition, seen } = aTask();
    const { tasks } = await aService({ clock, definitions: [definition] });
    await tasks.schedule({ ...ONE_OFF, runAt: new Date(clock.now() + MINUTE) });
    await clock.advance(MINUTE - 1);
    expect(seen).toHaveLength(0);
    await clock.advance(3301);
    expect(seen).toHaveLength(1);
  });

  it('keeps a one-off task that asks for another run, with its state', async () => {
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
      throw new Error('no luck');
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

  it('takes a new order for a task that was given up', async () => {
    const clock = new ManualClock();
    let isBroken = true;
    const { definition } = aTask(
      async () => {
        if (isBroken) throw new Error('no luck');
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

  it('removes a task that was given up after a month', async () => {
    const clock = new ManualClock();
    const { definition } = aTask(async () => Promise.reject(new Error('no luck')), {
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

  it('leaves tasks of a type that no plugin registered alone', async () => {
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

describe('recurring tasks', () => {
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

  it('hands the state of one run to the next and forgets nothing on failure', async () => {
    const clock = new ManualClock();
    const { definition, seen } = aTask(async ({ state, attempt }) => {
      const count = Number(state['count'] ?? 0);
      if (count === 1 && attempt === 1) throw new Error('no luck');
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

  it('waits for the next interval after the last attempt and begins to count anew', async () => {
    const clock = new ManualClock();
    const { definition, seen } = aTask(async () => Promise.reject(new Error('no luck')), {
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

  it('keeps one row however often it is ensured, and lets a changed interval take effect', async () => {
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

  it('runs soon when asked, unless the task does not exist', async () => {
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

describe('aborts', () => {
  it('aborts a run at its timeout and counts it as a failed attempt', async () => {
    const clock = new ManualClock();
    const { definition, seen } = aTask(untilAborted, { timeoutMs: 5000, maxAttempts: 1 });
    const { tasks, runs, store } = await aService({ clock, definitions: [definition] });
    await tasks.schedule(ONE_OFF);
    await clock.advance(20_000);
    expect(seen[0]?.signal.reason).toMatchObject({ code: 'timeout' });
    expect(runs).toEqual([{ taskType: 'test:task', outcome: 'timeout' }]);
    expect((await store.get('one'))?.status).toBe('failed');
  });

  it('never begins a task again in this process while its code ignores the abort', async () => {
    const clock = new ManualClock();
    let end = () => {};
    const { definition, seen } = aTask(
      () =>
        new Promise((resolve) => {
          end = () => resolve(undefined);
        }),
      { timeoutMs: 5000 },
    );
    const { tasks, runs } = await aService({ clock, definitions: [definition] });
    await tasks.schedule(ONE_OFF);
    await clock.advance(10 * MINUTE);
    expect(seen).toHaveLength(1);
    expect(runs).toEqual([{ taskType: 'test:task', outcome: 'timeout' }]);
    end();
    await clock.advance(MINUTE);
    expect(seen).toHaveLength(2);
    end();
  });

  it('aborts a run whose claim another process has, and leaves the row to it', async () => {
    const clock = new ManualClock();
    const { definition, seen } = aTask(untilAborted);
    const { tasks, runs, store } = await aService({ clock, definitions: [definition] });
    await tasks.schedule(ONE_OFF);
    await clock.advance(1);
    await store.change('one', () => ({ claimId: 'theirs', ownerId: 'process-2' }));
    await clock.advance(10_001);
    expect(seen[0]?.signal.reason).toMatchObject({ code: 'claim_lost' });
    expect(runs).toEqual([{ taskType: 'test:task', outcome: 'lost' }]);
    expect((await store.get('one'))?.claim?.id).toBe('theirs');
  });

  it('releases claims when stopped, so that another process goes on at once and no attempt is lost', async () => {
    const clock = new ManualClock();
    const first = aTask(untilAborted);
    const second = aTask();
    const one = await aService({ clock, definitions: [first.definition] });
    await one.tasks.schedule(ONE_OFF);
    await clock.advance(1);
    await one.stop();
    await one.stop();
    expect(first.seen[0]?.signal.reason).toMatchObject({ code: 'shutdown' });
    await aService({ clock, definitions: [second.definition], ownerId: 'process-2' });
    await clock.advance(3300);
    expect(second.seen.map(({ attempt }) => attempt)).toEqual([1]);
  });

  it('stops within ten seconds although a task ignores the signal, and releases its claim', async () => {
    const clock = new ManualClock();
    const { definition } = aTask(() => new Promise(() => {}));
    const { tasks, stop, store } = await aService({ clock, definitions: [definition] });
    await tasks.schedule(ONE_OFF);
    await clock.advance(1);
    const stopping = stop();
    await clock.advance(10_000);
    await stopping;
    expect(await store.get('one')).toMatchObject({ status: 'idle', attempts: 0 });
  });
});

describe('claims', () => {
  it('keeps a long run claimed by heartbeats, so that no other process begins it', async () => {
    const clock = new ManualClock();
    const slow = aTask(async () => clock.sleep(4 * MINUTE).then(() => undefined));
    const one = await aService({ clock, definitions: [slow.definition] });
    await one.tasks.schedule(ONE_OFF);
    await clock.advance(1);
    const other = aTask();
    await aService({ clock, definitions: [other.definition], ownerId: 'process-2' });
    await clock.advance(5 * MINUTE);
    expect(slow.seen).toHaveLength(1);
    expect(other.seen).toHaveLength(0);
    expect(one.runs).toEqual([{ taskType: 'test:task', outcome: 'success' }]);
  });

  it('takes over from a process that stopped living, which lets go when it comes back', async () => {
    const frozen = new ManualClock();
    const clock = new ManualClock();
    const first = aTask(untilAborted);
    const second = aTask();
    const one = await aService({ clock: frozen, definitions: [first.definition] });
    await one.tasks.schedule(ONE_OFF);
    await frozen.advance(1);
    await aService({ clock, definitions: [second.definition], ownerId: 'process-2' });
    await clock.advance(29_000);
    expect(second.seen).toHaveLength(0);
    await clock.advance(10_000);
    expect(second.seen.map(({ attempt }) => attempt)).toEqual([2]);
    await frozen.advance(10_001);
    expect(first.seen[0]?.signal.reason).toMatchObject({ code: 'claim_lost' });
    expect(one.runs).toEqual([{ taskType: 'test:task', outcome: 'lost' }]);
  });

  it.each([60 * MINUTE, -60 * MINUTE])(
    'G97: keeps one run per claim when wall clocks jump by %d ms',
    async (jump) => {
      const clock = new ManualClock();
      const otherClock = new ManualClock();
      const slow = aTask(async () => clock.sleep(2 * MINUTE).then(() => undefined));
      const other = aTask();
      const one = await aService({ clock, definitions: [slow.definition] });
      await one.tasks.schedule(ONE_OFF);
      await clock.advance(1);
      await aService({
        clock: otherClock,
        definitions: [other.definition],
        ownerId: 'process-2',
      });
      clock.jumpWall(jump);
      otherClock.jumpWall(jump);
      for (let second = 0; second < 130; second += 1) {
        await Promise.all([clock.advance(1000), otherClock.advance(1000)]);
        if (second === 60) clock.jumpWall(-2 * jump);
      }
      expect(slow.seen).toHaveLength(1);
      expect(other.seen).toHaveLength(0);
      expect(one.runs).toEqual([{ taskType: 'test:task', outcome: 'success' }]);
    },
  );

  it('lets go of a task before others may take it when no heartbeat reaches the store', async () => {
    const clock = new ManualClock();
    const outage = anOutage();
    const { definition, seen } = aTask(untilAborted);
    const { tasks } = await aService({
      clock,
      definitions: [definition],
      wrapStore: outage.wrap,
    });
    await tasks.schedule(ONE_OFF);
    await clock.advance(1);
    outage.begin();
    await clock.advance(19_000);
    expect(seen[0]?.signal.aborted).toBe(false);
    await clock.advance(11_000);
    expect(seen[0]?.signal.reason).toMatchObject({ code: 'claim_lost' });
    outage.end();
  });

  it('records the end of a run when the store comes back in time', async () => {
    const clock = new ManualClock();
    const outage = anOutage();
    const { definition } = aTask(async () => {
      outage.begin();
      return undefined;
    });
    const { tasks, runs, store } = await aService({
      clock,
      definitions: [definition],
      wrapStore: outage.wrap,
    });
    await tasks.schedule(ONE_OFF);
    await clock.advance(10_000);
    outage.end();
    await clock.advance(5000);
    expect(runs).toEqual([{ taskType: 'test:task', outcome: 'success' }]);
    expect(await store.get('one')).toBeUndefined();
  });

  it('gives up a task that takes its process down every time', async () => {
    const clock = new ManualClock();
    const { definition } = aTask(async () => undefined, { maxAttempts: 3 });
    const crashing = Array.from({ length: 3 }, () => new ManualClock());
    for (const [index, dead] of crashing.entries()) {
      // A process that never goes on after it began the task.
      const hung = aTask(() => new Promise(() => {}));
      const service = await aService({
        clock: dead,
        definitions: [hung.definition],
        ownerId: `dead-${index}`,
      });
      if (index === 0) await service.tasks.schedule(ONE_OFF);
      await dead.advance(index === 0 ? 1 : 40_000);
      expect(hung.seen).toHaveLength(1);
    }
    const { store, logger } = await aService({ clock, definitions: [definition] });
    await clock.advance(40_000);
    expect((await store.get('one'))?.status).toBe('failed');
    expect(logger.lines.map(({ message }) => message).join()).toContain('on each of 3 attempts');
    for (const dead of crashing) await dead.advance(60_000);
  });
});

describe('workers', () => {
  it('runs no more tasks at once than it has workers, and goes on without waiting for a poll', async () => {
    const clock = new ManualClock();
    let running = 0;
    let most = 0;
    const { definition, seen } = aTask(async () => {
      running += 1;
      most = Math.max(most, running);
      await clock.sleep(10);
      running -= 1;
      return undefined;
    });
    const { tasks } = await aService({ clock, definitions: [definition], maxWorkers: 3 });
    for (let n = 0; n < 30; n += 1) await tasks.schedule({ ...ONE_OFF, id: `one-${n}` });
    await clock.advance(2900);
    expect(seen).toHaveLength(30);
    expect(most).toBe(3);
  });

  it('says in its status when it cannot look for tasks, and when it can again', async () => {
    const clock = new ManualClock();
    const outage = anOutage();
    const { definition } = aTask();
    const { status, logger } = await aService({
      clock,
      definitions: [definition],
      wrapStore: outage.wrap,
    });
    await clock.advance(4000);
    outage.begin();
    await clock.advance(15_000);
    expect(status()).toMatchObject({ level: 'degraded' });
    outage.end();
    await clock.advance(4000);
    expect(status()).toMatchObject({ level: 'available' });
    const messages = logger.lines.map(({ message }) => message);
    expect(messages.filter((message) => message.includes('due tasks failed'))).toHaveLength(1);
    expect(messages).toContain('Background tasks run again');
  });
});

/** A store that can be taken away. */
function anOutage() {
  let isOut = false;
  const fail = () => {
    if (isOut) throw new StoreError('unavailable', 'the test took the store away');
  };
  const wrap = (store: DocumentStore): DocumentStore => ({
    ...store,
    getMany: async (...args) => {
      fail();
      return store.getMany(...args);
    },
    put: async (...args) => {
      fail();
      return store.put(...args);
    },
    delete: async (...args) => {
      fail();
      return store.delete(...args);
    },
    search: async (...args) => {
      fail();
      return store.search(...args);
    },
  });
  return {
    wrap,
    begin: () => {
      isOut = true;
    },
    end: () => {
      isOut = false;
    },
  };
}
