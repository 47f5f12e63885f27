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

/** Checks as often as a waiting caller does. Returns the last result. */
async function checkFor(clock: ManualClock, ms: number, check: () => boolean): Promise<boolean> {
  const steps = 10;
  for (let step = 1; step < steps; step += 1) {
    await clock.advance(ms / steps);
    check();
  }
  await clock.advance(ms / steps);
  return check();
}

/** A probe for which every other process is in one state. */
const everyProcessIs = (state: () => ProcessState): ProcessLivenessProbe => ({
  processIdentity: 'here.1.1',
  stateOf: (identity) => (identity === 'here.2.2' ? state() : 'unknown'),
});

describe('a lease that another process holds', () => {
  it('stays held while its heartbeat changes, however long the request takes', async () => {
    const clock = new ManualClock();
    const monitor = new LeaseMonitor('me', clock, TTL);
    for (let beat = 0; beat < 20; beat += 1) {
      expect(monitor.isHeld('grant', intentAt(clock, { beat }))).toBe(true);
      await clock.advance(TTL / 3);
    }
  });

  it('expires when its heartbeat does not change for a whole lifetime', async () => {
    const clock = new ManualClock();
    const monitor = new LeaseMonitor('me', clock, TTL);
    const intent = intentAt(clock);
    expect(monitor.isHeld('grant', intent)).toBe(true);
    const check = () => monitor.isHeld('grant', intent);
    expect(await checkFor(clock, TTL - 10, check)).toBe(true);
    await clock.advance(10);
    expect(check()).toBe(false);
  });

  it.each([300_000, -300_000])(
    'G97: expires at the same time when the wall clock jumps by %d ms',
    async (jump) => {
      const clock = new ManualClock();
      const monitor = new LeaseMonitor('me', clock, TTL);
      const intent = intentAt(clock);
      monitor.isHeld('grant', intent);
      clock.jumpWall(jump);
      const check = () => monitor.isHeld('grant', intent);
      expect(check()).toBe(true);
      expect(await checkFor(clock, TTL, check)).toBe(false);
    },
  );

  it('G85: is free at once when its holder on this machine has ended', () => {
    const clock = new ManualClock();
    const monitor = new LeaseMonitor(
      'me',
      clock,
      TTL,
      everyProcessIs(() => 'ended'),
    );
    expect(monitor.isHeld('grant', intentAt(clock, { owner: 'other:here.2.2:1' }))).toBe(false);
    expect(monitor.isHeld('grant', intentAt(clock, { owner: 'other:elsewhere.2.2:1' }))).toBe(true);
  });

  it('stays held by a stopped process, and for a whole lifetime after the process continues', async () => {
    const clock = new ManualClock();
    let state: ProcessState = 'stopped';
    const monitor = new LeaseMonitor(
      'me',
      clock,
      TTL,
      everyProcessIs(() => state),
    );
    const intent = intentAt(clock, { owner: 'other:here.2.2:1' });
    const check = () => monitor.isHeld('grant', intent);
    expect(await checkFor(clock, 5 * TTL, check)).toBe(true);
    state = 'running';
    expect(await checkFor(clock, TTL - 10, check)).toBe(true);
    expect(await checkFor(clock, 10, check)).toBe(false);
  });

  it('does not expire while nobody checks it, because both processes may have been paused', async () => {
    const clock = new ManualClock();
    const monitor = new LeaseMonitor('me', clock, TTL);
    const intent = intentAt(clock);
    const check = () => monitor.isHeld('grant', intent);
    check();
    await clock.advance(3 * TTL);
    expect(check()).toBe(true);
    expect(await checkFor(clock, TTL, check)).toBe(false);
  });

  it('stays held when its owner has no process identity, as in older builds', async () => {
    const clock = new ManualClock();
    const monitor = new LeaseMonitor(
      'me',
      clock,
      TTL,
      everyProcessIs(() => 'ended'),
    );
    expect(monitor.isHeld('grant', intentAt(clock, { owner: 'other:here.2.2' }))).toBe(true);
  });

  it('G97: expires only after a whole observed lifetime when its holder crashed long ago', async () => {
    const clock = new ManualClock();
    const intent = intentAt(clock);
    await clock.advance(2 * HOUR_MS);
    const monitor = new LeaseMonitor('me', clock, TTL);
    const check = () => monitor.isHeld('grant', intent);
    expect(check()).toBe(true);
    expect(await checkFor(clock, TTL, check)).toBe(false);
  });

  it.each(['stopped', 'running'] as const)(
    'G97: stays held by a %s process of this machine when the wall clock jumps two hours',
    async (state) => {
      const clock = new ManualClock();
      const probe = everyProcessIs(() => state);
      const monitor = new LeaseMonitor('me', clock, TTL, probe);
      const intent = intentAt(clock, { owner: 'other:here.2.2:1' });
      clock.jumpWall(2 * HOUR_MS);
      const check = () => monitor.isHeld('grant', intent);
      expect(check()).toBe(true);
      expect(await checkFor(clock, TTL - 10, check)).toBe(true);
    },
  );

  it('G97: stays held by a live remote holder after this machine slept for two hours', async () => {
    const clock = new ManualClock();
    const monitor = new LeaseMonitor('me', clock, TTL);
    monitor.isHeld('grant', intentAt(clock));
    // During sleep, Linux stops the monotonic clock, and the wall clock continues.
    clock.jumpWall(2 * HOUR_MS);
    for (let beat = 1; beat < 10; beat += 1) {
      expect(monitor.isHeld('grant', intentAt(clock, { beat }))).toBe(true);
      await clock.advance(TTL / 3);
    }
  });

  it('G97: stays held for a whole lifetime after a pause in which the monotonic clock ran', async () => {
    const clock = new ManualClock();
    const monitor = new LeaseMonitor('me', clock, TTL);
    const intent = intentAt(clock);
    const check = () => monitor.isHeld('grant', intent);
    check();
    // After a virtual machine was paused, both clocks have advanced.
    await clock.advance(2 * HOUR_MS);
    expect(check()).toBe(true);
    expect(await checkFor(clock, TTL - 10, check)).toBe(true);
    expect(await checkFor(clock, 10, check)).toBe(false);
  });

  it('G97: stays held after any sequence of wall clock jumps', async () => {
    const jumps = fc.array(fc.integer({ min: -1e12, max: 1e12 }), { minLength: 1, maxLength: 9 });
    await fc.assert(
      fc.asyncProperty(jumps, async (all) => {
        const clock = new ManualClock();
        const monitor = new LeaseMonitor('me', clock, TTL);
        const intent = intentAt(clock);
        const step = TTL / 10;
        for (const jump of all) {
          clock.jumpWall(jump);
          expect(monitor.isHeld('grant', intent)).toBe(true);
          await clock.advance(step);
        }
      }),
      { numRuns: 30 },
    );
  });

  it('G87: starts a new lifetime when its owner changes', async () => {
    const clock = new ManualClock();
    const monitor = new LeaseMonitor('me', clock, TTL);
    monitor.isHeld('grant', intentAt(clock));
    await clock.advance(TTL);
    expect(monitor.isHeld('grant', intentAt(clock, { owner: 'third:1' }))).toBe(true);
  });

  it('is free when it belongs to an earlier refresh of this process', () => {
    const clock = new ManualClock();
    const monitor = new LeaseMonitor('me', clock, TTL);
    expect(monitor.isHeld('grant', intentAt(clock, { owner: 'me:old' }))).toBe(false);
  });

  it('G107: is forgotten when the caller stops waiting', () => {
    const clock = new ManualClock();
    const monitor = new LeaseMonitor('me', clock, TTL);
    for (let grant = 0; grant < 100; grant += 1) {
      monitor.isHeld(`grant-${grant}`, intentAt(clock));
      monitor.stopWatching(`grant-${grant}`);
    }
    expect(monitor.watched).toBe(0);
  });
});
