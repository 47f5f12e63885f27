import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { FakeClock } from './fake_clock.mock.ts';
import {
  LeaseMonitor,
  type LeaseMonitorOptions,
  leaseOwner,
  type SeenLease,
} from './lease_monitor.ts';
import type { ProcessLivenessProbe, ProcessState } from './process_liveness_probe.ts';

const TTL_MS = 10_000;
const HOUR_MS = 3_600_000;

const aLease = (over: Partial<SeenLease> = {}): SeenLease => ({
  owner: 'other:1',
  pulse: 0,
  ttlMs: TTL_MS,
  ...over,
});

function setUp(over: Partial<LeaseMonitorOptions> = {}) {
  const clock = new FakeClock();
  const monitor = new LeaseMonitor({ clock, instanceId: 'me', afterGap: 'start_over', ...over });
  return { clock, monitor };
}

/** Looks ten times within `ms`, as a waiting caller does; resolves to the last result. */
async function lookFor(clock: FakeClock, ms: number, look: () => boolean): Promise<boolean> {
  const steps = 10;
  for (let step = 1; step < steps; step += 1) {
    await clock.advance(ms / steps);
    look();
  }
  await clock.advance(ms / steps);
  return look();
}

/** A machine on which the process `here.2.2` is in the given state. */
const probeOf = (state: () => ProcessState): ProcessLivenessProbe => ({
  processIdentity: 'here.1.1',
  stateOf: (identity) => (identity === 'here.2.2' ? state() : 'unknown'),
});
const MARKED = 'other:here.2.2:1';

describe('watching a lease of another process', () => {
  it('is held while its pulse moves, however long the work takes', async () => {
    const { clock, monitor } = setUp();
    for (let pulse = 0; pulse < 20; pulse += 1) {
      expect(monitor.isHeld('doc', aLease({ pulse }))).toBe(true);
      await clock.advance(TTL_MS / 3);
    }
  });

  it('is dead when its pulse stood still for its whole life', async () => {
    const { clock, monitor } = setUp();
    const look = () => monitor.isHeld('doc', aLease());
    expect(look()).toBe(true);
    expect(await lookFor(clock, TTL_MS - 10, look)).toBe(true);
    await clock.advance(10);
    expect(look()).toBe(false);
  });

  it.each([300_000, -300_000])(
    'G97: neither frees a live lease nor keeps a dead one when the wall clock jumps by %d ms',
    async (jump) => {
      const { clock, monitor } = setUp();
      const look = () => monitor.isHeld('doc', aLease());
      look();
      clock.jumpWall(jump);
      expect(look()).toBe(true);
      expect(await lookFor(clock, TTL_MS, look)).toBe(false);
    },
  );

  it('G85: frees the lease of a process of this machine that has ended at once', () => {
    const { monitor } = setUp({ probe: probeOf(() => 'ended') });
    expect(monitor.isHeld('doc', aLease({ owner: MARKED }))).toBe(false);
    expect(monitor.isHeld('doc', aLease({ owner: 'other:elsewhere.2.2:1' }))).toBe(true);
  });

  it('keeps the lease of a stopped process, and gives it a whole life to move its pulse once it goes on', async () => {
    let state: ProcessState = 'stopped';
    const { clock, monitor } = setUp({ probe: probeOf(() => state) });
    const look = () => monitor.isHeld('doc', aLease({ owner: MARKED }));
    expect(await lookFor(clock, 5 * TTL_MS, look)).toBe(true);
    state = 'running';
    expect(await lookFor(clock, TTL_MS - 10, look)).toBe(true);
    expect(await lookFor(clock, 10, look)).toBe(false);
  });

  it('counts no time against a holder during which nobody looked, as both may have been suspended', async () => {
    const { clock, monitor } = setUp();
    const look = () => monitor.isHeld('doc', aLease());
    look();
    await clock.advance(3 * TTL_MS);
    expect(look()).toBe(true);
    expect(await lookFor(clock, TTL_MS, look)).toBe(false);
  });

  it.each(['other:here.2.2', 'other', '', 'a:b:c:d'])(
    'reads nothing into the owner [%s] without a identity',
    (owner) => {
      const { monitor } = setUp({ probe: probeOf(() => 'ended') });
      expect(monitor.isHeld('doc', aLease({ owner }))).toBe(true);
    },
  );

  it('G97: frees a lease left long ago by a dead holder only after watching it for its whole life', async () => {
    const { clock, monitor } = setUp();
    await clock.advance(2 * HOUR_MS);
    const look = () => monitor.isHeld('doc', aLease());
    expect(look()).toBe(true);
    expect(await lookFor(clock, TTL_MS, look)).toBe(false);
  });

  it.each(['stopped', 'running'] as const)(
    'G97: keeps the lease of a %s process of this machine when the wall clock jumps by two hours',
    async (state) => {
      const { clock, monitor } = setUp({ probe: probeOf(() => state) });
      clock.jumpWall(2 * HOUR_MS);
      const look = () => monitor.isHeld('doc', aLease({ owner: MARKED }));
      expect(look()).toBe(true);
      expect(await lookFor(clock, TTL_MS - 10, look)).toBe(true);
    },
  );

  it('G97: keeps a lease whose pulse moves on another machine, after this machine slept for two hours', async () => {
    const { clock, monitor } = setUp();
    monitor.isHeld('doc', aLease());
    // In sleep, Linux stops the monotonic clock while the wall clock moves on.
    clock.jumpWall(2 * HOUR_MS);
    for (let pulse = 1; pulse < 10; pulse += 1) {
      expect(monitor.isHeld('doc', aLease({ pulse }))).toBe(true);
      await clock.advance(TTL_MS / 3);
    }
  });

  it('G97: gives a holder on another machine a whole life after this machine slept with its monotonic clock running', async () => {
    const { clock, monitor } = setUp();
    const look = () => monitor.isHeld('doc', aLease());
    look();
    // After a virtual machine was paused, both clocks have moved.
    await clock.advance(2 * HOUR_MS);
    expect(look()).toBe(true);
    expect(await lookFor(clock, TTL_MS - 10, look)).toBe(true);
    expect(await lookFor(clock, 10, look)).toBe(false);
  });

  it('G97: never lets any jump of the wall clock change what is known of a lease', async () => {
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

  it('G87: starts a new life with a new owner', async () => {
    const { clock, monitor } = setUp();
    monitor.isHeld('doc', aLease());
    await clock.advance(TTL_MS);
    expect(monitor.isHeld('doc', aLease({ owner: 'third:1' }))).toBe(true);
  });

  it('does not wait for a lease of its own process that nobody works under any more', () => {
    const { monitor } = setUp();
    expect(monitor.isHeld('doc', aLease({ owner: 'me:old' }))).toBe(false);
    expect(monitor.isHeld('doc', aLease({ owner: 'me-too:old' }))).toBe(true);
  });

  it('watches each document by itself', async () => {
    const { clock, monitor } = setUp();
    const look = (key: string) => () => monitor.isHeld(key, aLease());
    look('a')();
    await lookFor(clock, TTL_MS, look('a'));
    expect(look('b')()).toBe(true);
    expect(look('a')()).toBe(false);
  });

  it('G107: remembers nothing once the wait is over', () => {
    const { monitor } = setUp();
    for (let document = 0; document < 100; document += 1) {
      monitor.isHeld(`doc-${document}`, aLease());
      monitor.forget(`doc-${document}`);
    }
    expect(monitor.watched).toBe(0);
  });

  it('forgets the leases that are not to be retained', () => {
    const { monitor } = setUp();
    for (const key of ['a', 'b', 'c']) monitor.isHeld(key, aLease());
    monitor.retain(new Set(['b', 'd']));
    expect(monitor.watched).toBe(1);
  });
});

describe('watching leases with rare looks', () => {
  it('finds a dead lease when this process looks more rarely than the lease lives', async () => {
    const { clock, monitor } = setUp({ afterGap: 'count_half' });
    const held: boolean[] = [];
    for (let look = 0; look < 3; look += 1) {
      held.push(monitor.isHeld('doc', aLease()));
      await clock.advance(2 * TTL_MS);
    }
    expect(held).toEqual([true, true, false]);
  });

  it('G97: gives a holder half a life to move its pulse after the machine of both was paused', async () => {
    const { clock, monitor } = setUp({ afterGap: 'count_half' });
    const look = (pulse: string) => () => monitor.isHeld('doc', aLease({ pulse }));
    // Paused right before the next beat.
    expect(await lookFor(clock, TTL_MS / 3, look('v1'))).toBe(true);
    await clock.advance(HOUR_MS);
    expect(look('v1')()).toBe(true);
    expect(await lookFor(clock, TTL_MS - 10, look('v2'))).toBe(true);
  });
});

describe('leaseOwner', () => {
  it('names process, identity and lease, so that no two leases have one owner', () => {
    expect(
      leaseOwner(
        'me',
        'r1',
        probeOf(() => 'running'),
      ),
    ).toBe('me:here.1.1:r1');
    expect(leaseOwner('me', 'r2')).toBe('me::r2');
  });
});
