import { ManualClock } from '@latchkey/core/server/mocks';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSpaceStats } from './space_stats.ts';
import { aRun, aRunStore } from './stored_runs.mock.ts';

const DAY_MS = 86_400_000;
/** A count of each of the last 31 days, and one of each status for the only day with runs. */
const COUNTS = 31 + 3;
const WORKFLOWS = { total: 1, enabled: 1, disabled: 0, invalid: 0 };

let stored: Awaited<ReturnType<typeof aRunStore>>;
let clock: ManualClock;
let counted: number;
const aSpace = () =>
  createSpaceStats({
    clock,
    search: { count: async () => WORKFLOWS },
    store: {
      count: (search) => {
        counted += 1;
        return stored.store.count(search);
      },
    },
  });
beforeEach(async () => {
  stored = await aRunStore();
  clock = new ManualClock();
  counted = 0;
  const createdAt = new Date(clock.now()).toISOString();
  await stored.store.create('1', aRun({ createdAt }));
  await stored.store.create('2', aRun({ createdAt, status: 'failed' }));
  await stored.store.create('3', aRun({ createdAt, status: 'failed' }));
  await stored.store.create('4', aRun({ createdAt, spaceId: 'other' }));
});
afterEach(() => stored.stop());

describe('the numbers of a space', () => {
  it('count its workflows, and its runs by day and status', async () => {
    const timestamp = new Date(clock.now() - (clock.now() % DAY_MS)).toISOString();
    expect(await aSpace().get('default')).toEqual({
      workflows: WORKFLOWS,
      executions: [
        { date: timestamp.slice(0, 10), timestamp, completed: 0, failed: 2, cancelled: 0 },
      ],
    });
    expect((await aSpace().get('empty')).executions).toEqual([]);
  });

  it('have each day in UTC from the first with runs of the last 30 days to the last', async () => {
    const created = async (id: string, msAgo: number, status: 'completed' | 'cancelled') =>
      stored.store.create(
        id,
        aRun({ spaceId: 'days', createdAt: new Date(clock.now() - msAgo).toISOString(), status }),
      );
    await created('old', 30 * DAY_MS + 1, 'completed');
    await created('first', 30 * DAY_MS, 'completed');
    await created('second', 30 * DAY_MS - 1, 'cancelled');
    await created('last', 2 * DAY_MS, 'completed');
    const { executions } = await aSpace().get('days');
    expect(executions.map(({ completed, cancelled }) => completed + cancelled)).toEqual([
      2,
      ...Array(27).fill(0),
      1,
    ]);
    expect(executions[0]).toMatchObject({ completed: 1, cancelled: 1 });
    const dates = executions.map(({ timestamp }) => Date.parse(timestamp));
    expect(new Set(dates.slice(1).map((date, index) => date - (dates[index] ?? 0)))).toEqual(
      new Set([DAY_MS]),
    );
  });

  it('J155: are counted once for all requests within a few seconds', async () => {
    const stats = aSpace();
    await Promise.all(Array.from({ length: 20 }, () => stats.get('default')));
    await stats.get('default');
    expect(counted).toBe(COUNTS);
    await clock.advance(5_000);
    await stats.get('default');
    expect(counted).toBe(2 * COUNTS);
  });

  it('J155: let other work of the process continue while they are counted', async () => {
    let turns = 0;
    let isCounting = true;
    const takeTurns = () => {
      turns += 1;
      if (isCounting) setImmediate(takeTurns);
    };
    setImmediate(takeTurns);
    await aSpace().get('default');
    isCounting = false;
    expect(turns).toBeGreaterThanOrEqual(COUNTS - 1);
  });
});
