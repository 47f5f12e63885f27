import { describe, expect, it } from '@jest/globals';
import { ManualClock } from '@latchkey/core/server/mocks';
import type { ProcessLivenessProbe, ProcessState } from '@latchkey/saved-objects/coordination';
import fc from 'fast-check';
import { LeaseMonitor, newIntent } from './refresh_lease.ts';

const TTL = 10_000;
const HOUR_MS = 3_600_000;
const intentAt = (clock: ManualClock, over: { beat?: number; owner?: string } = {}) => ({
  ...newIntent({ owner: 'other:1', nowMs: clock.now(), ttlMs: TTL, spent: 'hash' }),
  ...over,
});

/** Looks as often as somebody who waits; the answer of the last look. */
async function lookFor(clock: ManualClock, ms: number, look: () => boolean): Promise<boolean> {
  const steps = 10;
  for (let step = 1; step < steps; step += 1) {
    await clock.advance(ms / steps);
    look();
  }
  await clock.advance(ms / steps);
  return look();
}

/** A machine on which every other process is in one state. */
const everybodyIs = (state: () => ProcessState): ProcessLivenessProbe => ({
  processIdentity: 'here.1.1',
  stateOf: (mark) => (mark === 'here.2.2' ? state() : 'unknown'),
});

describe('judging a lease held elsewhere', () => {
  it('holds while its beat moves, however long the call takes', async () => {
    const clock = new ManualClock();
    const judge = new LeaseMonitor('me', clock, TTL);
    for (let beat = 0; beat < 20; beat += 1) {
      expect(judge.isHeld('grant', intentAt(clock, { beat }))).toBe(true);
      await clock.advance(TTL / 3);
    }
  });

  it('lapses when its beat stands still for its whole life', async () => {
    const clock = new ManualClock();
    const judge = new LeaseMonitor('me', clock, TTL);
    const intent = intentAt(clock);
    expect(judge.isHeld('grant', intent)).toBe(true);
    const look = () => judge.isHeld('grant', intent);
    expect(await lookFor(clock, TTL - 10, look)).toBe(true);
    await clock.advance(10);
    expect(look()).toBe(false);
  });

  it.each([300_000, -300_000])(
    'G97: neither frees a live lease nor keeps a dead one when the wall clock jumps by %d ms',
    async (jump) => {
      const clock = new ManualClock();
      const judge = new LeaseMonitor('me', clock, TTL);
      const intent = intentAt(clock);
      judge.isHeld('grant', intent);
      clock.jumpWall(jump);
      const look = () => judge.isHeld('grant', intent);
      expect(look()).toBe(true);
      expect(await lookFor(clock, TTL, look)).toBe(false);
    },
  );

  it('G85: frees the lease of a process of this machine that has ended at once', () => {
    const clock = new ManualClock();
    const judge = new LeaseMonitor(
      'me',
      clock,
      TTL,
      everybodyIs(() => 'ended'),
    );
    expect(judge.isHeld('grant', intentAt(clock, { owner: 'other:here.2.2:1' }))).toBe(false);
    expect(judge.isHeld('grant', intentAt(clock, { owner: 'other:elsewhere.2.2:1' }))).toBe(true);
  });

  it('keeps the lease of a stopped process, and gives it a whole life to move its beat once it goes on', async () => {
    const clock = new ManualClock();
    let state: ProcessState = 'stopped';
    const judge = new LeaseMonitor(
      'me',
      clock,
      TTL,
      everybodyIs(() => state),
    );
    const intent = intentAt(clock, { owner: 'other:here.2.2:1' });
    const look = () => judge.isHeld('grant', intent);
    expect(await lookFor(clock, 5 * TTL, look)).toBe(true);
    state = 'running';
    expect(await lookFor(clock, TTL - 10, look)).toBe(true);
    expect(await lookFor(clock, 10, look)).toBe(false);
  });

  it('counts no time against a holder during which nobody looked, as both may have stood still', async () => {
    const clock = new ManualClock();
    const judge = new LeaseMonitor('me', clock, TTL);
    const intent = intentAt(clock);
    const look = () => judge.isHeld('grant', intent);
    look();
    await clock.advance(3 * TTL);
    expect(look()).toBe(true);
    expect(await lookFor(clock, TTL, look)).toBe(false);
  });

  it('reads the leases of a build that did not mark them', async () => {
    const clock = new ManualClock();
    const judge = new LeaseMonitor(
      'me',
      clock,
      TTL,
      everybodyIs(() => 'ended'),
    );
    expect(judge.isHeld('grant', intentAt(clock, { owner: 'other:here.2.2' }))).toBe(true);
  });

  it('G97: frees a lease left long ago by a dead holder only after watching it for its whole life', async () => {
    const clock = new ManualClock();
    const intent = intentAt(clock);
    await clock.advance(2 * HOUR_MS);
    const judge = new LeaseMonitor('me', clock, TTL);
    const look = () => judge.isHeld('grant', intent);
    expect(look()).toBe(true);
    expect(await lookFor(clock, TTL, look)).toBe(false);
  });

  it.each(['stopped', 'running'] as const)(
    'G97: keeps the lease of a %s process of this machine when the wall clock jumps by two hours',
    async (state) => {
      const clock = new ManualClock();
      const watch = everybodyIs(() => state);
      const judge = new LeaseMonitor('me', clock, TTL, watch);
      const intent = intentAt(clock, { owner: 'other:here.2.2:1' });
      clock.jumpWall(2 * HOUR_MS);
      const look = () => judge.isHeld('grant', intent);
      expect(look()).toBe(true);
      expect(await lookFor(clock, TTL - 10, look)).toBe(true);
    },
  );

  it('G97: keeps a lease whose beat moves on another machine, after this machine slept for two hours', async () => {
    const clock = new ManualClock();
    const judge = new LeaseMonitor('me', clock, TTL);
    judge.isHeld('grant', intentAt(clock));
    // In sleep, Linux stops the monotonic clock while the wall clock moves on.
    clock.jumpWall(2 * HOUR_MS);
    for (let beat = 1; beat < 10; beat += 1) {
      expect(judge.isHeld('grant', intentAt(clock, { beat }))).toBe(true);
      await clock.advance(TTL / 3);
    }
  });

  it('G97: gives a holder on another machine a whole life after this machine slept with its monotonic clock running', async () => {
    const clock = new ManualClock();
    const judge = new LeaseMonitor('me', clock, TTL);
    const intent = intentAt(clock);
    const look = () => judge.isHeld('grant', intent);
    look();
    // After a virtual machine was paused, both clocks have moved.
    await clock.advance(2 * HOUR_MS);
    expect(look()).toBe(true);
    expect(await lookFor(clock, TTL - 10, look)).toBe(true);
    expect(await lookFor(clock, 10, look)).toBe(false);
  });

  it('G97: never lets any jump of the wall clock change what is known of a lease', async () => {
    const jumps = fc.array(fc.integer({ min: -1e12, max: 1e12 }), { minLength: 1, maxLength: 9 });
    await fc.assert(
      fc.asyncProperty(jumps, async (all) => {
        const clock = new ManualClock();
        const judge = new LeaseMonitor('me', clock, TTL);
        const intent = intentAt(clock);
        const step = TTL / 10;
        for (const jump of all) {
          clock.jumpWall(jump);
          expect(judge.isHeld('grant', intent)).toBe(true);
          await clock.advance(step);
        }
      }),
      { numRuns: 30 },
    );
  });

  it('G87: a new owner starts a new life, whoever held it before', async () => {
    const clock = new ManualClock();
    const judge = new LeaseMonitor('me', clock, TTL);
    judge.isHeld('grant', intentAt(clock));
    await clock.advance(TTL);
    expect(judge.isHeld('grant', intentAt(clock, { owner: 'third:1' }))).toBe(true);
  });

  it('does not wait for a lease of its own process that nobody is running any more', () => {
    const clock = new ManualClock();
    const judge = new LeaseMonitor('me', clock, TTL);
    expect(judge.isHeld('grant', intentAt(clock, { owner: 'me:old' }))).toBe(false);
  });

  it('G107: remembers nothing once the wait is over', () => {
    const clock = new ManualClock();
    const judge = new LeaseMonitor('me', clock, TTL);
    for (let grant = 0; grant < 100; grant += 1) {
      judge.isHeld(`grant-${grant}`, intentAt(clock));
      judge.forget(`grant-${grant}`);
    }
    expect(judge.watched).toBe(0);
  });
});
