import { describe, expect, it } from '@jest/globals';
import { ManualClock } from '@latchkey/core/server/mocks';
import { LeaseJudge, newIntent } from './refresh_lease.ts';

const TTL = 10_000;
const intentAt = (clock: ManualClock, over: { beat?: number; owner?: string } = {}) => ({
  ...newIntent({ owner: 'other:1', nowMs: clock.now(), ttlMs: TTL, spent: 'hash' }),
  ...over,
});

describe('judging a lease held elsewhere', () => {
  it('holds while its beat moves, however long the call takes', async () => {
    const clock = new ManualClock();
    const judge = new LeaseJudge('me', clock, TTL);
    for (let beat = 0; beat < 20; beat += 1) {
      expect(judge.isHeld('grant', intentAt(clock, { beat }))).toBe(true);
      await clock.advance(TTL / 3);
    }
  });

  it('lapses when its beat stands still for its whole life', async () => {
    const clock = new ManualClock();
    const judge = new LeaseJudge('me', clock, TTL);
    const intent = intentAt(clock);
    expect(judge.isHeld('grant', intent)).toBe(true);
    await clock.advance(TTL - 1);
    expect(judge.isHeld('grant', intent)).toBe(true);
    await clock.advance(1);
    expect(judge.isHeld('grant', intent)).toBe(false);
  });

  it.each([300_000, -300_000])(
    'G97: neither frees a live lease nor keeps a dead one when the wall clock jumps by %d ms',
    async (jump) => {
      const clock = new ManualClock();
      const judge = new LeaseJudge('me', clock, TTL);
      const intent = intentAt(clock);
      judge.isHeld('grant', intent);
      clock.jumpWall(jump);
      expect(judge.isHeld('grant', intent)).toBe(true);
      await clock.advance(TTL);
      expect(judge.isHeld('grant', intent)).toBe(false);
    },
  );

  it('frees a lease that was dead long before anybody looked', async () => {
    const clock = new ManualClock();
    const intent = intentAt(clock);
    await clock.advance(TTL + 11 * 60_000);
    expect(new LeaseJudge('me', clock, TTL).isHeld('grant', intent)).toBe(false);
  });

  it('G87: a new owner starts a new life, whoever held it before', async () => {
    const clock = new ManualClock();
    const judge = new LeaseJudge('me', clock, TTL);
    judge.isHeld('grant', intentAt(clock));
    await clock.advance(TTL);
    expect(judge.isHeld('grant', intentAt(clock, { owner: 'third:1' }))).toBe(true);
  });

  it('does not wait for a lease of its own process that nobody is running any more', () => {
    const clock = new ManualClock();
    const judge = new LeaseJudge('me', clock, TTL);
    expect(judge.isHeld('grant', intentAt(clock, { owner: 'me:old' }))).toBe(false);
  });

  it('G107: remembers nothing once the wait is over', () => {
    const clock = new ManualClock();
    const judge = new LeaseJudge('me', clock, TTL);
    for (let grant = 0; grant < 100; grant += 1) {
      judge.isHeld(`grant-${grant}`, intentAt(clock));
      judge.forget(`grant-${grant}`);
    }
    expect(judge.watched).toBe(0);
  });
});
