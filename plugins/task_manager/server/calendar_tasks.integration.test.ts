import { ManualClock } from '@latchkey/core/server/mocks';
import { describe, expect, it } from 'vitest';
import { aTask, untilAborted } from './task.mock.ts';
import { useTaskServices } from './task_services.mock.ts';
import type { Rrule } from './types.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** 02:30 in Berlin does not exist on 29 March 2026, and exists twice on 25 October. */
const NIGHTLY: Rrule = {
  freq: 'DAILY',
  tzid: 'Europe/Berlin',
  byhour: [2],
  byminute: [30],
};
const TASK = { id: 'nightly', taskType: 'test:task', rrule: NIGHTLY, params: { n: 1 } };

const aService = useTaskServices({ pollIntervalMs: MINUTE });

/** A task that records the minutes at which it runs. */
function aRecordedTask(clock: ManualClock) {
  const minutes: string[] = [];
  const { definition } = aTask(async () => {
    minutes.push(new Date(clock.now()).toISOString().slice(0, 15));
    return undefined;
  });
  return { minutes, definition };
}

describe('tasks with a calendar rule', () => {
  it.each([
    ['forward', '2026-03-28T00:00Z', ['28T01:3', '29T01:0', '30T00:3'], '2026-03-'],
    ['back', '2026-10-24T00:00Z', ['24T00:3', '25T00:3', '26T01:3'], '2026-10-'],
  ])(
    'run once a day at their local time when the clock changes (%s)',
    async (_, from, days, month) => {
      const clock = new ManualClock(new Date(from));
      const { minutes, definition } = aRecordedTask(clock);
      const { tasks } = await aService({ clock, definitions: [definition] });
      await tasks.runAt(TASK);
      for (let hour = 0; hour < 72; hour += 1) await clock.advance(HOUR);
      expect(minutes).toEqual(days.map((day) => `${month}${day}`));
    },
  );

  it('run once for missed occurrences after a restart, and then at the next occurrence', async () => {
    const clock = new ManualClock(new Date('2026-06-01T12:00Z'));
    const { minutes, definition } = aRecordedTask(clock);
    const first = await aService({ clock, definitions: [definition] });
    await first.tasks.runAt(TASK);
    await first.close();
    await clock.advance(3 * DAY);
    expect(minutes).toEqual([]);
    const second = await aService({ clock, definitions: [definition] });
    await second.tasks.runAt(TASK);
    await clock.advance(3 * MINUTE);
    expect(minutes).toEqual(['2026-06-04T12:0']);
    expect(await second.tasks.get('nightly')).toMatchObject({
      runAt: new Date('2026-06-05T00:30Z'),
      rrule: NIGHTLY,
      intervalMs: undefined,
    });
  });

  it('keep the values that their rule does not name when they are scheduled again', async () => {
    const clock = new ManualClock(new Date('2026-06-01T12:00Z'));
    const { definition } = aRecordedTask(clock);
    const { tasks } = await aService({ clock, definitions: [definition] });
    const daily = { ...TASK, rrule: { freq: 'DAILY' } } as const;
    await tasks.runAt(daily);
    await clock.advance(5 * HOUR);
    await tasks.runAt(daily);
    expect((await tasks.get('nightly'))?.runAt).toEqual(new Date('2026-06-02T12:00Z'));
  });

  it('follow a changed rule and changed params immediately', async () => {
    const clock = new ManualClock(new Date('2026-06-01T12:00Z'));
    const { definition } = aRecordedTask(clock);
    const { tasks } = await aService({ clock, definitions: [definition] });
    await tasks.runAt(TASK);
    await tasks.runAt({ ...TASK, params: { n: 2 }, rrule: { ...NIGHTLY, byhour: [4] } });
    expect(await tasks.get('nightly')).toMatchObject({
      runAt: new Date('2026-06-02T02:30Z'),
      params: { n: 2 },
    });
  });

  it('can be changed to tasks with an interval and back', async () => {
    const clock = new ManualClock(new Date('2026-06-01T12:00Z'));
    const { definition } = aRecordedTask(clock);
    const { tasks } = await aService({ clock, definitions: [definition] });
    await tasks.runAt(TASK);
    await tasks.ensureScheduled({ id: 'nightly', taskType: 'test:task', intervalMs: HOUR });
    expect(await tasks.get('nightly')).toMatchObject({ rrule: undefined, intervalMs: HOUR });
    await tasks.runAt(TASK);
    expect(await tasks.get('nightly')).toMatchObject({
      rrule: NIGHTLY,
      intervalMs: undefined,
      runAt: new Date('2026-06-02T00:30Z'),
    });
  });

  it('are retried after a failure and wait for the next occurrence after the last attempt', async () => {
    const clock = new ManualClock(new Date('2026-06-01T12:00Z'));
    const { definition, seen } = aTask(
      async () => {
        throw new Error('boom');
      },
      { maxAttempts: 2 },
    );
    const { tasks } = await aService({ clock, definitions: [definition], pollIntervalMs: 1000 });
    await tasks.runAt(TASK);
    await tasks.runSoon('nightly');
    await clock.advance(MINUTE);
    expect(seen.map(({ attempt }) => attempt)).toEqual([1, 2]);
    expect(await tasks.get('nightly')).toMatchObject({
      status: 'idle',
      attempts: 0,
      runAt: new Date('2026-06-02T00:30Z'),
    });
  });

  it('run at the next occurrence even if the wall clock was set back', async () => {
    const clock = new ManualClock(new Date('2026-06-10T12:00Z'));
    const { definition } = aRecordedTask(clock);
    const { tasks } = await aService({ clock, definitions: [definition] });
    await tasks.runAt(TASK);
    clock.jumpWall(-5 * DAY);
    await tasks.runAt(TASK);
    expect((await tasks.get('nightly'))?.runAt).toEqual(new Date('2026-06-06T00:30Z'));
  });

  it('are stored in a form that an older build without calendars keeps', async () => {
    const clock = new ManualClock(new Date('2026-06-01T12:00Z'));
    const { definition } = aRecordedTask(clock);
    const { tasks, documents } = await aService({ clock, definitions: [definition] });
    await tasks.runAt(TASK);
    const [document] = await documents.getMany(['task:nightly'], 'task');
    expect(JSON.stringify(document)).toContain('"intervalMs":86400000');
  });

  it('are refused for an unknown type or an invalid rule, and nothing is stored', async () => {
    const { tasks } = await aService({ definitions: [aTask().definition] });
    await expect(tasks.runAt({ ...TASK, taskType: 'none' })).rejects.toThrow('[none]');
    await expect(tasks.runAt({ ...TASK, rrule: { ...NIGHTLY, tzid: 'x' } })).rejects.toThrow(
      expect.objectContaining({ code: 'invalid_rrule' }),
    );
    expect(await tasks.get('nightly')).toBeUndefined();
  });
});

describe('tasks with an exact interval', () => {
  const EVERY = { id: 'every', taskType: 'test:task', intervalMs: 5 * MINUTE };

  it('run at each multiple of the interval, with this occurrence and without drift', async () => {
    const clock = new ManualClock(new Date('2026-06-01T12:00Z'));
    const { definition, seen } = aTask();
    const { tasks } = await aService({ clock, definitions: [definition], pollIntervalMs: 7_000 });
    await tasks.runEvery(EVERY);
    expect((await tasks.get('every'))?.runAt).toEqual(new Date('2026-06-01T12:05Z'));
    await clock.advance(16 * MINUTE);
    expect(seen.map(({ occurrence }) => occurrence)).toEqual(
      ['12:05', '12:10', '12:15'].map((time) => new Date(`2026-06-01T${time}Z`)),
    );
  });

  it('run once for missed occurrences, with the first of them as the occurrence', async () => {
    const clock = new ManualClock(new Date('2026-06-01T12:00Z'));
    const { definition, seen } = aTask();
    const first = await aService({ clock, definitions: [definition], pollIntervalMs: 7_000 });
    await first.tasks.runEvery(EVERY);
    await first.close();
    await clock.advance(22 * MINUTE);
    await aService({ clock, definitions: [definition], pollIntervalMs: 7_000 });
    await clock.advance(2 * MINUTE);
    expect(seen.map(({ occurrence }) => occurrence)).toEqual([new Date('2026-06-01T12:05Z')]);
    await clock.advance(2 * MINUTE);
    expect(seen.at(-1)?.occurrence).toEqual(new Date('2026-06-01T12:25Z'));
  });

  it('have the same occurrence in each attempt', async () => {
    const clock = new ManualClock(new Date('2026-06-01T12:00Z'));
    const { definition, seen } = aTask(
      async () => {
        throw new Error('boom');
      },
      { maxAttempts: 3 },
    );
    const { tasks } = await aService({ clock, definitions: [definition], pollIntervalMs: 1_000 });
    await tasks.runEvery(EVERY);
    await clock.advance(8 * MINUTE);
    expect(seen.map(({ attempt, occurrence }) => [attempt, occurrence?.getUTCMinutes()])).toEqual([
      [1, 5],
      [2, 5],
      [3, 5],
    ]);
  });

  it('keep their start when they are scheduled again, unless the interval has changed', async () => {
    const clock = new ManualClock(new Date('2026-06-01T12:00Z'));
    const { definition } = aTask();
    const { tasks } = await aService({ clock, definitions: [definition] });
    await tasks.runEvery(EVERY);
    await clock.advance(MINUTE);
    await tasks.runEvery(EVERY);
    expect(await tasks.get('every')).toMatchObject({
      runAt: new Date('2026-06-01T12:05Z'),
      intervalMs: EVERY.intervalMs,
    });
    await tasks.runEvery({ ...EVERY, intervalMs: 10 * MINUTE });
    expect((await tasks.get('every'))?.runAt).toEqual(new Date('2026-06-01T12:11Z'));
    await tasks.runAt({ ...TASK, id: 'every' });
    expect(await tasks.get('every')).toMatchObject({ rrule: NIGHTLY, intervalMs: undefined });
  });

  it('are removed when their run asks for it', async () => {
    const clock = new ManualClock(new Date('2026-06-01T12:00Z'));
    const { definition, seen } = aTask(async () => ({ remove: true }));
    const { tasks } = await aService({ clock, definitions: [definition] });
    await tasks.runEvery(EVERY);
    await clock.advance(HOUR);
    expect(seen).toHaveLength(1);
    expect((await tasks.getMany(['every', 'none'])).size).toBe(0);
  });
});

describe('get and cancel', () => {
  it('return a task while it waits and runs, and nothing after it is done', async () => {
    const clock = new ManualClock(new Date('2026-06-01T12:00Z'));
    const release = Promise.withResolvers<undefined>();
    const { definition } = aTask(() => release.promise);
    const { tasks } = await aService({ clock, definitions: [definition] });
    const runAt = new Date('2026-06-01T12:05Z');
    await tasks.schedule({ id: 'one', taskType: 'test:task', runAt, params: { n: 1 } });
    expect(await tasks.get('one')).toEqual({
      id: 'one',
      taskType: 'test:task',
      params: { n: 1 },
      state: {},
      status: 'idle',
      runAt,
      attempts: 0,
      intervalMs: undefined,
      rrule: undefined,
    });
    await clock.advance(7 * MINUTE);
    expect(await tasks.get('one')).toMatchObject({ status: 'running', attempts: 1 });
    release.resolve(undefined);
    await clock.advance(MINUTE);
    expect(await tasks.get('one')).toBeUndefined();
  });

  it('end a task permanently, even while another process runs it', async () => {
    const clock = new ManualClock(new Date('2026-06-01T12:00Z'));
    const { definition, seen } = aTask(untilAborted);
    const running = await aService({ clock, definitions: [definition] });
    const other = await aService({
      clock,
      definitions: [definition],
      ownerId: 'process-2',
      startAfter: new Promise(() => undefined),
    });
    await running.tasks.runAt(TASK);
    await running.tasks.runSoon('nightly');
    await clock.advance(MINUTE);
    expect(seen).toHaveLength(1);
    expect(await other.tasks.cancel('nightly')).toBe(true);
    await clock.advance(MINUTE);
    expect(seen[0]?.signal.aborted).toBe(true);
    await clock.advance(2 * DAY);
    expect(seen).toHaveLength(1);
    expect(running.runs).toEqual([{ taskType: 'test:task', outcome: 'lost' }]);
    expect(await running.tasks.get('nightly')).toBeUndefined();
  });

  it('return false when there is nothing to cancel', async () => {
    const { tasks } = await aService({ definitions: [aTask().definition] });
    expect(await tasks.cancel('none')).toBe(false);
  });
});
