import { beforeEach, describe, expect, it } from '@jest/globals';
import { ManualClock } from '@latchkey/core/server/mocks';
import { RunQuota } from './run_quota.ts';

let clock: ManualClock;
let counts: { active: number; waiting: number };
let searches: number;
/** Duration of each count in milliseconds. */
let durationMs: number;
/** Milliseconds by which the clock of the quota is ahead of the test clock. */
let passedMs: number;
let quota: RunQuota;
beforeEach(() => {
  clock = new ManualClock();
  counts = { active: 0, waiting: 0 };
  searches = 0;
  durationMs = 0;
  passedMs = 0;
  quota = new RunQuota({
    store: {
      countOf: async (_, statuses) => {
        searches += 1;
        if (durationMs > 0) await clock.advance(durationMs);
        return statuses.includes('running') ? counts.active : counts.waiting;
      },
    },
    limits: { maxActivePerUser: 3, maxWaitingPerUser: 5 },
    clock: { monotonic: () => clock.monotonic() + passedMs },
  });
});

const add = (user = 'u_ana') =>
  quota.add(user).then(
    () => 'added',
    ({ code }: { readonly code: string }) => code,
  );

describe('RunQuota', () => {
  it('refuses runs above the limit of active runs, for each user separately', async () => {
    for (let run = 0; run < 3; run += 1) expect(await add()).toBe('added');
    counts.active = 3;
    await clock.advance(250);
    expect(await add()).toBe('too_many_active_executions');
    counts.active = 0;
    expect(await add('u_ben')).toBe('added');
  });

  it('accepts runs again as soon as other runs have ended', async () => {
    counts.active = 3;
    expect(await add()).toBe('too_many_active_executions');
    counts.active = 2;
    await clock.advance(250);
    expect(await add()).toBe('added');
  });

  it('refuses runs above the limit of waiting runs', async () => {
    counts.waiting = 5;
    expect(await add()).toBe('too_many_waiting_executions');
  });

  it('counts once for runs that start at the same time, and accepts no more than allowed', async () => {
    const added = await Promise.all(['1', '2', '3', '4', '5'].map(() => add()));
    const refused = 'too_many_active_executions';
    expect(added).toEqual(['added', 'added', 'added', refused, refused]);
    expect(searches).toBe(2);
  });

  it('uses a counted number for its full lifetime, even if counting takes long', async () => {
    durationMs = 6_000;
    for (let run = 0; run < 3; run += 1) expect(await add()).toBe('added');
    expect(searches).toBe(2);
  });

  it('includes a run that starts while the others are counted', async () => {
    await add();
    const first = add();
    passedMs = 5_000;
    await Promise.all([first, add()]);
    // The search does not find the runs that have just started.
    expect(searches).toBe(4);
    expect([await add(), await add()]).toEqual(['added', 'too_many_active_executions']);
  });

  it('F122: names the author of handlers, not the user, when handlers reach a limit', async () => {
    counts.active = 3;
    await expect(quota.add('handlers:u_eve')).rejects.toThrow('The workflows that this author');
  });

  it('needs no search for each run', async () => {
    for (let run = 0; run < 3; run += 1) await add();
    expect(searches).toBe(2);
  });
});
