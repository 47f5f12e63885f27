import { ManualClock } from '@latchkey/core/server/mocks';
import { describe, expect, it } from 'vitest';
import { anOutage, aTask, ONE_OFF, untilAborted } from './task.mock.ts';
import { useTaskServices } from './task_services.mock.ts';

const MINUTE = 60_000;

const aService = useTaskServices();

describe('the abort of a run', () => {
  it('counts as a failed attempt when the run has reached its timeout', async () => {
    const clock = new ManualClock();
    const { definition, seen } = aTask(untilAborted, { timeoutMs: 5000, maxAttempts: 1 });
    const { tasks, runs, store } = await aService({ clock, definitions: [definition] });
    await tasks.schedule(ONE_OFF);
    await clock.advance(20_000);
    expect(seen[0]?.signal.reason).toMatchObject({ code: 'timeout' });
    expect(runs).toEqual([{ taskType: 'test:task', outcome: 'timeout' }]);
    expect((await store.get('one'))?.status).toBe('failed');
  });

  it('prevents another run in this process as long as the code ignores it', async () => {
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

  it('happens when another process has taken the claim, and the row is not changed', async () => {
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

  it('releases the claim when the process stops, so that another process continues without a lost attempt', async () => {
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

  it('waits ten seconds for a task that ignores it, and then releases the claim', async () => {
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

describe('the claim of a task', () => {
  it('is kept by heartbeats during a long run, so that no other process starts it', async () => {
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

  it('is taken over from a paused process, which aborts its run when it continues', async () => {
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
    'G97: allows only one run when wall clocks jump by %d ms',
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

  it('ends the run before another process may take over the task when no heartbeat reaches the store', async () => {
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

  it('is ended with the result of the run when the store is available again in time', async () => {
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

  it('is not taken again when processes have ended during each attempt of the task', async () => {
    const clock = new ManualClock();
    const { definition } = aTask(async () => undefined, { maxAttempts: 3 });
    const crashing = Array.from({ length: 3 }, () => new ManualClock());
    for (const [index, dead] of crashing.entries()) {
      // A process that stops working after it has begun the task.
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

describe('the worker slots of a process', () => {
  it('run one task each, and take the next task without waiting for a poll', async () => {
    const clock = new ManualClock();
    let running = 0;
    let highest = 0;
    const { definition, seen } = aTask(async () => {
      running += 1;
      highest = Math.max(highest, running);
      await clock.sleep(10);
      running -= 1;
      return undefined;
    });
    const { tasks } = await aService({ clock, definitions: [definition], maxWorkers: 3 });
    for (let n = 0; n < 30; n += 1) await tasks.schedule({ ...ONE_OFF, id: `one-${n}` });
    await clock.advance(2900);
    expect(seen).toHaveLength(30);
    expect(highest).toBe(3);
  });

  it('are reported in the status when the search for tasks fails, and when it works again', async () => {
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
    expect(messages).toContain('Background tasks are running again');
  });
});
