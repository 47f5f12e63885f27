import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { aRun, aRunStore } from './stored_runs.mock.ts';

let stored: Awaited<ReturnType<typeof aRunStore>>;
beforeEach(async () => {
  stored = await aRunStore();
});
afterEach(() => stored.stop());

describe('the number of runs of a user', () => {
  it("F122: does not include runs of other users' handlers", async () => {
    const { store } = stored;
    await store.create('own', aRun());
    await store.create('handler', aRun({ countedFor: 'handlers:u_eve' }));
    await store.create('child', aRun({ countedFor: 'handlers:u_eve' }));
    const count = (owner: string) => store.countOf(owner, ['running']);
    expect(await Promise.all(['u_ana', 'u_eve', 'handlers:u_eve'].map(count))).toEqual([1, 0, 2]);
  });
});
