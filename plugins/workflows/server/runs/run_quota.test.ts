import { beforeEach, describe, expect, it } from '@jest/globals';
import { ManualClock } from '@latchkey/core/server/mocks';
import { RunQuota } from './run_quota.ts';

let clock: ManualClock;
let counts: { active: number; waiting: number };
let searches: number;
let quota: RunQuota;
beforeEach(() => {
  clock = new ManualClock();
  counts = { active: 0, waiting: 0 };
  searches = 0;
  quota = new RunQuota({
    store: {
      countOf: async (_, statuses) => {
        searches += 1;
        return statuses.includes('running') ? counts.active : counts.waiting;
      },
    },
    limits: { maxActivePerUser: 3, maxWaitingPerUser: 5 },
    clock,
  });
});

const add = (user = 'u_ana') =>
  quota.add(user).then(
    () => 'added',
    ({ code }: { readonly code: string }) => code,
  );

describe('RunQuota', () => {
  it('refuses runs above the number of active runs, for each user alone', async () => {
    for (let run = 0; run < 3; run += 1) expect(await add()).toBe('added');
    counts.active = 3;
    await clock.advance(250);
    expect(await add()).toBe('too_many_active_executions');
    counts.active = 0;
    expect(await add('u_ben')).toBe('added');
  });

  it('accepts runs again as soon as others have ended', async () => {
    counts.active = 3;
    expect(await add()).toBe('too_many_active_executions');
    counts.active = 2;
    await clock.advance(250);
    expect(await add()).toBe('added');
  });

  it('refuses runs above the number of waiting runs', async () => {
    counts.waiting = 5;
    expect(await add()).toBe('too_many_waiting_executions');
  });

  it('counts once for runs that start at the same time, and accepts no more than allowed', async () => {
    const added = await Promise.all(['1', '2', '3', '4', '5'].map(() => add()));
    const refused = 'too_many_active_executions';
    expect(added).toEqual(['added', 'added', 'added', refused, refused]);
    expect(searches).toBe(2);
  });

  it('does not search for each run', async () => {
    for (let run = 0; run < 3; run += 1) await add();
    expect(searches).toBe(2);
  });
});
