import { ManualClock } from '@latchkey/core/server/mocks';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EXECUTION_STATUSES } from '../../../common/index.ts';
import { createSpaceStats } from './space_stats.ts';
import { aRun, aRunStore } from './stored_runs.mock.ts';

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
  await stored.store.create('1', aRun());
  await stored.store.create('2', aRun({ status: 'failed' }));
  await stored.store.create('3', aRun({ status: 'failed' }));
  await stored.store.create('4', aRun({ spaceId: 'other' }));
});
afterEach(() => stored.stop());

describe('the numbers of a space', () => {
  it('count its workflows, and its runs by status', async () => {
    expect(await aSpace().get('default')).toEqual({
      workflows: WORKFLOWS,
      executions: { running: 1, failed: 2 },
    });
  });

  it('J155: are counted once for all requests within a few seconds', async () => {
    const stats = aSpace();
    await Promise.all(Array.from({ length: 20 }, () => stats.get('default')));
    await stats.get('default');
    expect(counted).toBe(EXECUTION_STATUSES.length);
    await clock.advance(5_000);
    await stats.get('default');
    expect(counted).toBe(2 * EXECUTION_STATUSES.length);
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
    expect(turns).toBeGreaterThanOrEqual(EXECUTION_STATUSES.length - 1);
  });
});
