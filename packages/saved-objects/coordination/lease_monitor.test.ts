import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FakeClock } from './fake_clock.mock.ts';
import { LeaseMonitor, type LeaseMonitorOptions, type ObservedLease } from './lease_monitor.ts';
import type { ProcessLivenessProbe, ProcessState } from './process_liveness_probe.ts';

const TTL_MS = 10_000;
const HOUR_MS = 3_600_000;

const aLease = (over: Partial<ObservedLease> = {}): ObservedLease => ({
  owner: 'other:1',
  renewals: 0,
  ttlMs: TTL_MS,
  ...over,
});

function setUp(over: Partial<LeaseMonitorOptions> = {}) {
  const clock = new FakeClock();
  const monitor = new LeaseMonitor({ clock, instanceId: 'me', afterGap: 'start_over', ...over });
  return { clock, monitor };
}

/**
 * Checks ten times within `ms` milliseconds, like a waiting caller.
 * @returns the result of the last check
 */
async function checkFor(clock: FakeClock, ms: number, check: () => boolean): Promise<boolean> {
  const steps = 10;
  for (let step = 1; step < steps; step += 1) {
    await clock.advance(ms / steps);
    check();
  }
  await clock.advance(ms / steps);
  return check();
}

/** Creates a probe on a machine on which the process `here.2.2` has the given state. */
const probeOf = (state: () => ProcessState): ProcessLivenessProbe => ({
  processIdentity: 'here.1.1',
  stateOf: (identity) => (identity === 'here.2.2' ? state() : 'unknown'),
});
const LOCAL_OWNER = 'other:here.2.2:1';

describe('a lease of this process', () => {
  it('is free when an earlier operation of this instance left it behind', () => {
    const { monitor } = setUp();
    expect(monitor.isHeld('doc', aLease({ owner: 'me:old' }))).toBe(false);
    expect(monitor.isHeld('doc', aLease({ owner: 'me-too:old' }))).toBe(true);
  });
});

describe('the lease of another process that is watched', () => {
  it('is held while its heartbeat changes, without a time limit', async () => {
    const { clock, monitor } = setUp();
    for (let renewals = 0; renewals < 20; renewals += 1) {
      expect(monitor.isHeld('doc', aLease({ renewals }))).toBe(true);
      await clock.advance(TTL_MS / 3);
    }
  });

  it('is free when its heartbeat did not change for its whole lifetime', async () => {
    const { clock, monitor } = setUp();
    const check = () => monitor.isHeld('doc', aLease());
    expect(check()).toBe(true);
    expect(await checkFor(clock, TTL_MS - 10, check)).toBe(true);
    await clock.advance(10);
    expect(check()).toBe(false);
  });

  it.each([300_000, -300_000])(
    'G97: expires neither early nor late when the wall clock jumps by %d ms',
    async (jump) => {
      const { clock, monitor } = setUp();
      const check = () => monitor.isHeld('doc', aLease());
      check();
      clock.jumpWall(jump);
      expect(check()).toBe(true);
      expect(await checkFor(clock, TTL_MS, check)).toBe(false);
    },
  );

  it('G85: is free immediately when its process on this machine has ended', () => {
    const { monitor } = setUp({ probe: probeOf(() => 'ended') });
    expect(monitor.isHeld('doc', aLease({ owner: LOCAL_OWNER }))).toBe(false);
    expect(monitor.isHeld('doc', aLease({ owner: 'other:elsewhere.2.2:1' }))).toBe(true);
  });

  it('is held while its process is stopped, and for a whole lifetime after it continues', async () => {
    let state: ProcessState = 'stopped';
    const { clock, monitor } = setUp({ probe: probeOf(() => state) });
    const check = () => monitor.isHeld('doc', aLease({ owner: LOCAL_OWNER }));
    expect(await checkFor(clock, 5 * TTL_MS, check)).toBe(true);
    state = 'running';
    expect(await checkFor(clock, TTL_MS - 10, check)).toBe(true);
    expect(await checkFor(clock, 10, check)).toBe(false);
  });

  it('does not expire by the passing of time without checks, because both processes may have been suspended', async () => {
    const { clock, monitor } = setUp();
    const check = () => monitor.isHeld('doc', aLease());
    check();
    await clock.advance(3 * TTL_MS);
    expect(check()).toBe(true);
    expect(await checkFor(clock, TTL_MS, check)).toBe(false);
  });

  it.each(['other:here.2.2', 'other', '', 'a:b:c:d'])(
    'is judged by its heartbeat alone when its owner is [%s], which names no process',
    (owner) => {
      const { monitor } = setUp({ probe: probeOf(() => 'ended') });
      expect(monitor.isHeld('doc', aLease({ owner }))).toBe(true);
    },
  );

  it('G97: is watched for a whole lifetime even when its holder exited long ago', async () => {
    const { clock, monitor } = setUp();
    await clock.advance(2 * HOUR_MS);
    const check = () => monitor.isHeld('doc', aLease());
    expect(check()).toBe(true);
    expect(await checkFor(clock, TTL_MS, check)).toBe(false);
  });

  it.each(['stopped', 'running'] as const)(
    'G97: is held by a %s process of this machine when the wall clock jumps by two hours',
    async (state) => {
      const { clock, monitor } = setUp({ probe: probeOf(() => state) });
      clock.jumpWall(2 * HOUR_MS);
      const check = () => monitor.isHeld('doc', aLease({ owner: LOCAL_OWNER }));
      expect(check()).toBe(true);
      expect(await checkFor(clock, TTL_MS - 10, check)).toBe(true);
    },
  );

  it('G97: is held while its heartbeat changes after this machine was suspended for two hours', async () => {
    const { clock, monitor } = setUp();
    monitor.isHeld('doc', aLease());
    // During a suspension, Linux stops the monotonic clock but not the wall clock.
    clock.jumpWall(2 * HOUR_MS);
    for (let renewals = 1; renewals < 10; renewals += 1) {
      expect(monitor.isHeld('doc', aLease({ renewals }))).toBe(true);
      await clock.advance(TTL_MS / 3);
    }
  });

  it('G97: is held for a whole lifetime after a suspension that both clocks show', async () => {
    const { clock, monitor } = setUp();
    const check = () => monitor.isHeld('doc', aLease());
    check();
    // After a pause of a virtual machine, both clocks have advanced.
    await clock.advance(2 * HOUR_MS);
    expect(check()).toBe(true);
    expect(await checkFor(clock, TTL_MS - 10, check)).toBe(true);
    expect(await checkFor(clock, 10, check)).toBe(false);
  });

  it('G97: expires at the same time whatever jumps the wall clock makes', async () => {
    const jumps = fc.array(fc.integer({ min: -1e12, max: 1e12 }), { minLength: 1, maxLength: 9 });
    await fc.assert(
      fc.asyncProperty(jumps, async (all) => {
        const { clock, monitor } = setUp();
        for (const jump of all) {
          clock.jumpWall(jump);
          expect(monitor.isHeld('doc', aLease())).toBe(true);
          await clock.advance(TTL_MS / 10);
        }
      }),
      { numRuns: 30 },
    );
  });

  it('G87: is watched for a whole lifetime again when its owner changes', async () => {
    const { clock, monitor } = setUp();
    monitor.isHeld('doc', aLease());
    await clock.advance(TTL_MS);
    expect(monitor.isHeld('doc', aLease({ owner: 'third:1' }))).toBe(true);
  });

  it('is watched separately for each document', async () => {
    const { clock, monitor } = setUp();
    const check = (key: string) => () => monitor.isHeld(key, aLease());
    check('a')();
    await checkFor(clock, TTL_MS, check('a'));
    expect(check('b')()).toBe(true);
    expect(check('a')()).toBe(false);
  });

  it('G107: leaves no observation in memory when the caller stops waiting', () => {
    const { monitor } = setUp();
    for (let document = 0; document < 100; document += 1) {
      monitor.isHeld(`doc-${document}`, aLease());
      monitor.forget(`doc-${document}`);
    }
    expect(monitor.watched).toBe(0);
  });

  it('is removed from memory when it is not among the retained keys', () => {
    const { monitor } = setUp();
    for (const key of ['a', 'b', 'c']) monitor.isHeld(key, aLease());
    monitor.retain(new Set(['b', 'd']));
    expect(monitor.watched).toBe(1);
  });
});

describe('watching a lease with rare checks', () => {
  it('detects an exited holder when the checks are rarer than the lifetime', async () => {
    const { clock, monitor } = setUp({ afterGap: 'count_half' });
    const held: boolean[] = [];
    for (let check = 0; check < 3; check += 1) {
      held.push(monitor.isHeld('doc', aLease()));
      await clock.advance(2 * TTL_MS);
    }
    expect(held).toEqual([true, true, false]);
  });

  it('G97: gives a holder half a lifetime to renew after the machine of both processes was paused', async () => {
    const { clock, monitor } = setUp({ afterGap: 'count_half' });
    const check = (renewals: string) => () => monitor.isHeld('doc', aLease({ renewals }));
    // The pause begins right before the next heartbeat.
    expect(await checkFor(clock, TTL_MS / 3, check('v1'))).toBe(true);
    await clock.advance(HOUR_MS);
    expect(check('v1')()).toBe(true);
    expect(await checkFor(clock, TTL_MS - 10, check('v2'))).toBe(true);
  });
});

describe('the name of a new owner', () => {
  it('contains the instance, the process identity and a value unique per lease', () => {
    const clock = new FakeClock();
    const options = { clock, instanceId: 'me', afterGap: 'start_over' } as const;
    const probe = probeOf(() => 'running');
    const randomness = { bytes: (length: number) => Buffer.alloc(length, 1) };
    const unique = 'AQEBAQEBAQEBAQEB';
    expect(new LeaseMonitor({ ...options, probe }).newOwner(randomness)).toBe(
      `me:here.1.1:${unique}`,
    );
    expect(new LeaseMonitor(options).newOwner(randomness)).toBe(`me::${unique}`);
  });
});
