import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { beforeEach, expect, it } from 'vitest';
import { FakeClock } from '../coordination/fake_clock.mock.ts';
import {
  createProcessLivenessProbe,
  type LeasableAttributes,
  type Lease,
  LeaseMonitor,
  leasedSavedObject,
  type ProcessLivenessProbe,
  type ProcessState,
  takeLease,
} from '../coordination/index.ts';
import { untilProcess } from '../coordination/until_process.mock.ts';
import type { AttributeChanges, SavedObjectsRepository } from '../repository/types.ts';
import type { DocumentStore } from '../store/document_store.ts';
import { StoreError } from '../store/store_error.ts';
import type { SavedObject } from '../types/saved_object.ts';
import { GLOBAL } from './documents.ts';
import { repositoryOn } from './repository_on.ts';
import type { ConformanceContext } from './store_under_test.ts';

const TTL_MS = 9_000;
const HOUR_MS = 3_600_000;
/**
 * The type of the leased document. These tests never search, so writes need not wait until a search
 * sees them.
 */
const LEASED = { ...GLOBAL, visibleToSearch: false };
const ID = 'leased';
const TAKERS = 12;
/**
 * Runs a test that needs the state of processes, which only Linux provides. Skips the test
 * elsewhere.
 */
const onLinux = existsSync('/proc/self/stat') ? it : it.skip;

interface Job extends LeasableAttributes {
  /** Number that the holder of the lease writes together with the lease. */
  readonly page?: number;
  /** Text that other processes write while the lease is held. */
  readonly note?: string;
}
type JobLease = Lease<SavedObject<Job>, AttributeChanges<Job>>;

/** A process that can take the lease. It has its own connection. */
interface Process {
  readonly repository: SavedObjectsRepository;
  /** Takes the lease if it is free. `undefined`: another process holds or took it. */
  take(): Promise<JobLease | undefined>;
  isHeldByAnother(): Promise<boolean>;
}

/** Registers tests of leases. */
export function itLeases({ store, reopen }: ConformanceContext): void {
  let clock: FakeClock;
  let processes: number;
  beforeEach(() => {
    clock = new FakeClock();
    processes = 0;
  });

  const onStore = (inner: DocumentStore): SavedObjectsRepository =>
    repositoryOn(inner, LEASED, () => clock.now());
  const aProcess = async (
    over: {
      readonly wrap?: (inner: DocumentStore) => DocumentStore;
      readonly probe?: ProcessLivenessProbe;
      readonly instanceId?: string;
    } = {},
  ): Promise<Process> => {
    processes += 1;
    const { instanceId = `process-${processes}`, probe, wrap = (inner) => inner } = over;
    const repository = onStore(wrap((await reopen()) ?? store()));
    const target = leasedSavedObject<Job>(repository, { type: GLOBAL.name, id: ID });
    const watching = { clock, instanceId, ...(probe === undefined ? {} : { probe }) };
    const monitor = new LeaseMonitor({ ...watching, afterGap: 'start_over' });
    const isHeld = (document: SavedObject<Job> | undefined): boolean => {
      const lease = document?.attributes.lease;
      return monitor.isHeld(
        ID,
        lease && { owner: lease.owner, renewals: lease.beat, ttlMs: TTL_MS },
      );
    };
    return {
      repository,
      isHeldByAnother: async () => isHeld(await target.read()),
      take: async () => {
        const document = await target.read();
        if (isHeld(document)) return undefined;
        const owner = monitor.newOwner({ bytes: randomBytes });
        const changes = { page: 0 };
        return takeLease({ target, document, owner, ttlMs: TTL_MS, clock, changes });
      },
    };
  };

  const stored = async () => (await onStore(store()).getIfExists<Job>(GLOBAL.name, ID))?.attributes;

  /**
   * Lets a waiting process check the lease ten times within `ms` milliseconds.
   * @returns the result of the last check
   */
  const watchFor = async (ms: number, watcher: Process): Promise<boolean> => {
    const checks = 10;
    let isHeld = await watcher.isHeldByAnother();
    for (let check = 0; check < checks; check += 1) {
      await clock.advance(ms / checks);
      isHeld = await watcher.isHeldByAnother();
    }
    return isHeld;
  };

  const mustTake = async (process: Process): Promise<JobLease> => {
    const lease = await process.take();
    if (lease === undefined) throw new Error('The lease was not free.');
    return lease;
  };

  it('G87: is taken by exactly one of many processes when it is new, released or expired', async () => {
    const takers = await Promise.all(Array.from({ length: TAKERS }, () => aProcess()));
    const takeTogether = async (): Promise<JobLease> => {
      const leases = await Promise.all(takers.map((taker) => taker.take()));
      const [lease, ...others] = leases.filter((each) => each !== undefined);
      expect(others).toEqual([]);
      if (lease === undefined) throw new Error('No process took the lease.');
      expect((await stored())?.lease?.owner).toBe(lease.owner);
      return lease;
    };
    const first = await takeTogether();
    expect(await first.release()).toBe(true);
    const second = await takeTogether();
    for (const taker of takers) await taker.isHeldByAnother();
    for (let check = 0; check < 3; check += 1) {
      await clock.advance(TTL_MS / 3);
      for (const taker of takers) await taker.isHeldByAnother();
    }
    const third = await takeTogether();
    expect(await second.renew()).toBe(false);
    expect(await third.renew()).toBe(true);
  });

  it('cannot be taken by another process while the holder renews it', async () => {
    const [holder, other] = [await aProcess(), await aProcess()];
    const lease = await mustTake(holder);
    for (let count = 0; count < 9; count += 1) {
      expect(await other.take()).toBeUndefined();
      await clock.advance(TTL_MS / 3);
      expect(await lease.renew(() => ({ page: count }))).toBe(true);
    }
    expect(await stored()).toMatchObject({ page: 8, lease: { beat: 9 } });
  });

  it('expires when a holder on another machine did not renew it for its lifetime', async () => {
    const [holder, other] = [await aProcess(), await aProcess()];
    await mustTake(holder);
    expect(await watchFor(TTL_MS - 10, other)).toBe(true);
    await clock.advance(10);
    expect(await other.take()).toBeDefined();
  });

  it('G86: tells a suspended holder before its next action that another process took over', async () => {
    const [holder, other] = [await aProcess(), await aProcess()];
    const lease = await mustTake(holder);
    await watchFor(TTL_MS, other);
    const taken = await mustTake(other);
    expect(await lease.isStillHeld()).toBe(false);
    expect(await taken.isStillHeld()).toBe(true);
  });

  it('G86: is still held after a suspension when no other process took over', async () => {
    const [holder, other] = [await aProcess(), await aProcess()];
    const lease = await mustTake(holder);
    await watchFor(TTL_MS, other);
    expect(await lease.isStillHeld()).toBe(true);
    expect(await other.take()).toBeUndefined();
  });

  it('is held while its process is stopped, and for a whole lifetime after it continues', async () => {
    let state: ProcessState = 'stopped';
    const holder = await aProcess({ probe: aProbe('here.1.1', () => 'unknown') });
    const other = await aProcess({ probe: aProbe('here.2.2', () => state) });
    await mustTake(holder);
    expect(await watchFor(5 * TTL_MS, other)).toBe(true);
    state = 'running';
    expect(await watchFor(TTL_MS - 10, other)).toBe(true);
    expect(await watchFor(10, other)).toBe(false);
  });

  onLinux(
    'G85: is free immediately when its process is killed, but not while it is stopped',
    async () => {
      const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000); console.log(1)']);
      try {
        await once(child.stdout, 'data');
        const probe = createProcessLivenessProbe(undefined, child.pid);
        const holder = await aProcess({ probe });
        const other = await aProcess({ probe: createProcessLivenessProbe() });
        await mustTake(holder);
        child.kill('SIGSTOP');
        await untilProcess(probe.processIdentity, 'stopped');
        expect(await watchFor(3 * TTL_MS, other)).toBe(true);
        child.kill('SIGKILL');
        await once(child, 'exit');
        expect(await other.take()).toBeDefined();
      } finally {
        child.kill('SIGKILL');
      }
    },
  );

  it.each([2 * HOUR_MS, -2 * HOUR_MS])(
    'G97: expires neither early nor late when the wall clock jumps by %d ms',
    async (jumpMs) => {
      const [holder, other] = [await aProcess(), await aProcess()];
      const lease = await mustTake(holder);
      expect(await other.isHeldByAnother()).toBe(true);
      clock.jumpWall(jumpMs);
      expect(await other.take()).toBeUndefined();
      expect(await lease.isStillHeld()).toBe(true);
      expect(await watchFor(TTL_MS, other)).toBe(false);
    },
  );

  it("G97: is decided by the state of the holder's process before its age, after any jump of the wall clock", async () => {
    let state: ProcessState = 'stopped';
    const holder = await aProcess({ probe: aProbe('here.1.1', () => 'unknown') });
    const other = await aProcess({ probe: aProbe('here.2.2', () => state) });
    await mustTake(holder);
    clock.jumpWall(2 * HOUR_MS);
    expect(await watchFor(2 * TTL_MS, other)).toBe(true);
    clock.jumpWall(-4 * HOUR_MS);
    expect(await other.take()).toBeUndefined();
    state = 'ended';
    expect(await other.take()).toBeDefined();
  });

  it('G97: is held for a whole lifetime after the machine of the watcher was suspended', async () => {
    const [holder, other] = [await aProcess(), await aProcess()];
    await mustTake(holder);
    await other.isHeldByAnother();
    await clock.advance(2 * HOUR_MS);
    expect(await other.isHeldByAnother()).toBe(true);
    expect(await watchFor(TTL_MS - 10, other)).toBe(true);
    expect(await watchFor(10, other)).toBe(false);
  });

  it('can be renewed after a renewal whose response was lost', async () => {
    const faults = new StoreFaults();
    const [holder, other] = [await aProcess({ wrap: faults.wrap }), await aProcess()];
    const lease = await mustTake(holder);
    faults.next = 'response_lost';
    await expect(lease.renew(() => ({ page: 1 }))).rejects.toMatchObject({
      code: 'store_unavailable',
    });
    expect(await stored()).toMatchObject({ page: 1, lease: { beat: 1 } });
    expect(await lease.renew(() => ({ page: 2 }))).toBe(true);
    expect(await stored()).toMatchObject({ page: 2, lease: { beat: 2 } });
    expect(await other.take()).toBeUndefined();
  });

  it('is still held after renewals that did not reach the store', async () => {
    const faults = new StoreFaults();
    const lease = await mustTake(await aProcess({ wrap: faults.wrap }));
    for (let failure = 0; failure < 3; failure += 1) {
      faults.next = 'request_lost';
      await expect(lease.renew()).rejects.toMatchObject({ code: 'store_unavailable' });
    }
    expect(await lease.renew()).toBe(true);
    expect((await stored())?.lease?.beat).toBe(1);
  });

  it('can be taken again by the same process when the response to the first attempt was lost', async () => {
    const faults = new StoreFaults();
    const taker = await aProcess({ wrap: faults.wrap, instanceId: 'taker' });
    const other = await aProcess();
    faults.next = 'response_lost';
    await expect(taker.take()).rejects.toMatchObject({ code: 'store_unavailable' });
    expect(await other.take()).toBeUndefined();
    expect(await taker.isHeldByAnother()).toBe(false);
    expect(await watchFor(TTL_MS, other)).toBe(false);
    expect(await mustTake(taker)).toBeDefined();
    expect(await other.take()).toBeUndefined();
  });

  it('is free after a release whose response was lost, and the next release returns false', async () => {
    const faults = new StoreFaults();
    const lease = await mustTake(await aProcess({ wrap: faults.wrap }));
    faults.next = 'response_lost';
    await expect(lease.release()).rejects.toMatchObject({ code: 'store_unavailable' });
    expect(await lease.release()).toBe(false);
    expect(await (await aProcess()).take()).toBeDefined();
  });

  it('G87: cannot be renewed, released or changed by a former holder', async () => {
    const [former, other] = [await aProcess(), await aProcess()];
    const lost = await mustTake(former);
    await watchFor(TTL_MS, other);
    const held = await mustTake(other);
    expect(await held.renew(() => ({ page: 5 }))).toBe(true);
    expect(await lost.renew(() => ({ page: 99 }))).toBe(false);
    expect(await lost.release(() => ({ page: 99 }))).toBe(false);
    expect(await stored()).toMatchObject({ page: 5, lease: { owner: held.owner, beat: 1 } });
    expect(await held.release(() => ({ page: 6 }))).toBe(true);
    expect(await stored()).toStrictEqual({ page: 6 });
    expect(await held.release(() => ({ page: 7 }))).toBe(false);
    expect(await held.renew()).toBe(false);
    expect(await stored()).toStrictEqual({ page: 6 });
  });

  it('cannot be renewed after its holder removed it in the write of the result', async () => {
    const [holder, other] = [await aProcess(), await aProcess()];
    const lease = await mustTake(holder);
    expect(await lease.renew(() => ({ page: 1 }))).toBe(true);
    const { version } = lease.document;
    const result = { page: 2, lease: undefined };
    await holder.repository.update<Job>(GLOBAL.name, ID, result, { version });
    // A heartbeat that was due when the result was written must not write over the result.
    expect(await lease.renew(() => ({ page: 3 }))).toBe(false);
    expect(await stored()).toStrictEqual({ page: 2 });
    expect(await other.take()).toBeDefined();
  });

  it('keeps changes of other writers, and such changes do not end the lease', async () => {
    const [holder, other] = [await aProcess(), await aProcess()];
    const lease = await mustTake(holder);
    const write = (note: string) =>
      other.repository.update<Job>(GLOBAL.name, ID, { note }, { visibleToSearch: false });
    await write('first');
    expect(await lease.renew(() => ({ page: 1 }))).toBe(true);
    await write('second');
    expect(await lease.release(({ attributes }) => ({ note: `${attributes.note} seen` }))).toBe(
      true,
    );
    expect(await stored()).toStrictEqual({ page: 1, note: 'second seen' });
  });

  it('is lost when its document is deleted, and does not create the document again', async () => {
    const [holder, other] = [await aProcess(), await aProcess()];
    const lease = await mustTake(holder);
    await other.repository.delete(GLOBAL.name, ID, { visibleToSearch: false });
    expect(await lease.renew()).toBe(false);
    expect(await lease.release()).toBe(false);
    expect(await stored()).toBeUndefined();
  });
}

/** Makes single writes of a store fail. */
class StoreFaults {
  /** Fault of the next write. `undefined`: the write works. */
  next: 'request_lost' | 'response_lost' | undefined;

  readonly wrap = (inner: DocumentStore): DocumentStore => ({
    ...inner,
    put: async (...args) => {
      const fault = this.next;
      this.next = undefined;
      if (fault === 'request_lost')
        throw new StoreError('unavailable', 'The store is unavailable.');
      const written = await inner.put(...args);
      if (fault === 'response_lost')
        throw new StoreError('unavailable', 'The store is unavailable.');
      return written;
    },
  });
}

/** A probe on a machine on which every other process has the given state. */
function aProbe(processIdentity: string, state: () => ProcessState): ProcessLivenessProbe {
  return { processIdentity, stateOf: (identity) => (identity === '' ? 'unknown' : state()) };
}
