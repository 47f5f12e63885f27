import { ManualClock } from '@latchkey/core/server/mocks';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createSpaceStats } from './space_stats.ts';
import { aRun, aRunStore } from './stored_runs.mock.ts';

const DAY_MS = 86_400_000;
const WORKFLOWS = { total: 1, enabled: 1, disabled: 0, invalid: 0 };

let stored: Awaited<ReturnType<typeof aRunStore>>;
let clock: ManualClock;
let counted: number;
const aSpace = () =>
  createSpaceStats({
    clock,
    search: { count: async () => WORKFLOWS },
    store: {
      createdSince: (spaceId, instant) => {
        counted += 1;
        return stored.store.createdSince(spaceId, instant);
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
    expect(counted).toBe(1);
    await clock.advance(10_000);
    await stats.get('default');
    expect(counted).toBe(2);
  });

  it('J155: let other work of the process continue while they are counted', async () => {
    const batches = 20;
    let turns = 0;
    const takeTurns = () => {
      turns += 1;
      if (turns < batches) setImmediate(takeTurns);
    };
    setImmediate(takeTurns);
    const run = { createdAt: new Date(clock.now()).toISOString(), status: 'completed' } as const;
    const { executions } = await createSpaceStats({
      clock,
      search: { count: async () => WORKFLOWS },
      store: {
        async *createdSince() {
          for (let batch = 0; batch < batches; batch += 1) yield [run];
        },
      },
    }).get('default');
    expect(executions).toMatchObject([{ completed: batches }]);
    expect(turns).toBeGreaterThanOrEqual(batches - 1);
  });

  it('J155: are counted only once at the same time when that takes longer than they are kept', async () => {
    const reads: (() => void)[] = [];
    const stats = createSpaceStats({
      clock,
      search: { count: async () => WORKFLOWS },
      store: {
        async *createdSince() {
          await new Promise<void>((resolve) => reads.push(resolve));
          yield [];
        },
      },
    });
    const first = stats.get('default');
    await vi.waitUntil(() => reads.length === 1);
    const later: Promise<unknown>[] = [];
    for (let request = 0; request < 5; request += 1) {
      await clock.advance(10_000);
      later.push(stats.get('default'));
    }
    expect(reads).toHaveLength(1);
    reads[0]?.();
    await first;
    await vi.waitUntil(() => reads.length === 2);
    reads[1]?.();
    await Promise.all(later);
    expect(reads).toHaveLength(2);
  });
});
