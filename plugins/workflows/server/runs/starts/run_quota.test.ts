import { ManualClock } from '@latchkey/core/server/mocks';
import { beforeEach, describe, expect, it } from 'vitest';
import type { StoredRun } from '../store/run_store.ts';
import { aRun } from '../store/stored_runs.mock.ts';
import { RunQuota } from './run_quota.ts';

let clock: ManualClock;
/** Numbers of runs in the store. */
let stored: { active: number; waiting: number };
/** Numbers that a search finds which does not see all writes. Absent: those in the store. */
let visible: typeof stored | undefined;
let searches: number;
/** Duration of each search in milliseconds. */
let durationMs: number;
let quota: RunQuota;
beforeEach(() => {
  clock = new ManualClock();
  stored = { active: 0, waiting: 0 };
  visible = undefined;
  searches = 0;
  durationMs = 0;
  quota = new RunQuota({
    store: {
      countOf: async (_, statuses, { seesAllWrites = false } = {}) => {
        searches += 1;
        if (seesAllWrites) visible = undefined;
        if (durationMs > 0) await clock.sleep(durationMs);
        const { active, waiting } = visible ?? stored;
        return statuses.includes('running') ? active : waiting;
      },
    },
    limits: { maxActivePerUser: 3, maxWaitingPerUser: 5 },
    clock,
  });
});

const REFUSED = 'too_many_active_executions';
/** Counts a new run, and stores it if it is accepted. */
const add = (user = 'u_ana') =>
  quota.add(user).then(
    async (settle) => {
      // Writing a run takes some turns of the event loop.
      await new Promise(setImmediate);
      stored.active += 1;
      settle(true);
      return 'added';
    },
    ({ code }: { readonly code: string }) => code,
  );
const times = async (count: number): Promise<readonly string[]> => {
  const results: string[] = [];
  for (let run = 0; run < count; run += 1) results.push(await add());
  return results;
};
const changeOf = (status: StoredRun['status'], before: StoredRun['status']) =>
  quota.changed({ ...aRun({ status }), id: 'run-1', version: '1' }, before);
/** Ends a run in this process. */
const end = () => {
  stored.active -= 1;
  changeOf('completed', 'running');
};

describe('RunQuota', () => {
  it('refuses runs above the limit of active runs, for each user separately', async () => {
    expect(await times(4)).toEqual(['added', 'added', 'added', REFUSED]);
    stored.active = 0;
    expect(await add('u_ben')).toBe('added');
  });

  it('accepts any number of short runs in a row that end in this process, with one count', async () => {
    for (let run = 0; run < 100; run += 1) {
      expect(await add()).toBe('added');
      end();
    }
    expect(clock.monotonic()).toBe(0);
    expect(searches).toBe(2);
  });

  it('accepts a run when others have ended in another process a moment after they were counted', async () => {
    await times(3);
    expect(await add()).toBe(REFUSED);
    stored.active = 2;
    const next = add();
    await clock.advance(250);
    expect(await next).toBe('added');
  });

  it('accepts a run when others have ended and searches do not see it yet', async () => {
    visible = { active: 3, waiting: 0 };
    expect(await add()).toBe('added');
  });

  it('counts at most every 250 ms for a user who has reached a limit', async () => {
    stored.active = 3;
    expect(await add()).toBe(REFUSED);
    const before = searches;
    const others = Promise.all(Array.from({ length: 100 }, () => add()));
    await clock.advance(249);
    expect(searches).toBe(before);
    await clock.advance(1);
    expect(new Set(await others)).toEqual(new Set([REFUSED]));
    expect(searches).toBe(before + 2);
  });

  it('refuses runs above the limit of waiting runs, until one of them continues', async () => {
    stored.waiting = 5;
    expect(await add()).toBe('too_many_waiting_executions');
    stored = { active: 1, waiting: 4 };
    changeOf('running', 'waiting');
    expect(await add()).toBe('added');
  });

  it('does not count the end of a run that waited as the end of an active run', async () => {
    await times(3);
    changeOf('cancelled', 'waiting');
    expect(await add()).toBe(REFUSED);
  });

  it('counts once for runs that start at the same time, and accepts no more than allowed', async () => {
    const added = Promise.all(['1', '2', '3', '4', '5'].map(() => add()));
    expect(await added).toEqual(['added', 'added', 'added', REFUSED, REFUSED]);
    expect(searches).toBe(4);
  });

  it('uses a counted number for its full lifetime, even if counting takes long', async () => {
    durationMs = 3_000;
    const added = times(3);
    await clock.advance(6_000);
    expect(await added).toEqual(['added', 'added', 'added']);
    expect(searches).toBe(2);
  });

  it('does not count a run that was accepted and then not stored', async () => {
    for (let run = 0; run < 10; run += 1) {
      const settle = await quota.add('u_ana');
      settle(false);
    }
    expect(await times(4)).toEqual(['added', 'added', 'added', REFUSED]);
  });

  it('includes a run that ends while the others are counted', async () => {
    await times(2);
    await clock.advance(5_000);
    durationMs = 10;
    visible = { active: 3, waiting: 0 };
    const next = add();
    await clock.advance(5);
    end();
    await clock.advance(15);
    expect(await next).toBe('added');
    expect(searches).toBe(4);
  });

  it('includes runs that are stored between the search and the end of a count', async () => {
    const starts = [await quota.add('u_ana'), await quota.add('u_ana'), await quota.add('u_ana')];
    durationMs = 10;
    const next = add();
    await clock.advance(15);
    stored.active = 3;
    for (const settle of starts) settle(true);
    await clock.advance(1_000);
    expect(await next).toBe(REFUSED);
  });

  it('does not subtract an accepted run that was not stored from the counted runs', async () => {
    await times(2);
    const settle = await quota.add('u_ana');
    durationMs = 10;
    const next = add();
    await clock.advance(5);
    settle(false);
    await clock.advance(15);
    expect(await next).toBe('added');
    const last = add();
    await clock.advance(1_000);
    expect(await last).toBe(REFUSED);
  });

  it('counts again before a refusal when a waiting run has continued during the count', async () => {
    await times(3);
    stored = { active: 1, waiting: 1 };
    durationMs = 10;
    const next = add();
    await clock.advance(5);
    stored = { active: 2, waiting: 0 };
    changeOf('running', 'waiting');
    await clock.advance(1_000);
    expect(await next).toBe('added');
  });

  it('F122: names the author of handlers, not the user, when handlers reach a limit', async () => {
    stored.active = 3;
    await expect(quota.add('handlers:u_eve')).rejects.toThrow(
      'The failure handlers of this author have',
    );
  });
});
