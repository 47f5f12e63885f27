import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { beforeEach, expect, it } from '@jest/globals';
import { FakeClock } from '../coordination/fake_clock.mock.ts';
import {
  createProcessLivenessProbe,
  type LeasableAttributes,
  type Lease,
  LeaseMonitor,
  leasedSavedObject,
  leaseOwner,
  type ProcessLivenessProbe,
  type ProcessState,
  takeLease,
} from '../coordination/index.ts';
import { createTypeModel } from '../migrations/type_model.ts';
import { createRepository } from '../repository/create_repository.ts';
import type { AttributeChanges, SavedObjectsRepository } from '../repository/types.ts';
import type { DocumentStore } from '../store/document_store.ts';
import { StoreError } from '../store/store_error.ts';
import type { SavedObject } from '../types/saved_object.ts';
import { GLOBAL } from './documents.ts';
import type { ConformanceContext } from './store_under_test.ts';

const TTL_MS = 9_000;
const HOUR_MS = 3_600_000;
const ID = 'leased';
const TAKERS = 12;
/** Other platforms cannot tell the state of a process. */
const onLinux = existsSync('/proc/self/stat') ? it : it.skip;

interface Job extends LeasableAttributes {
  /** Written by the holder with its lease. */
  readonly page?: number;
  /** Written by other processes. */
  readonly note?: string;
}
type JobLease = Lease<SavedObject<Job>, AttributeChanges<Job>>;

/** One process that wants the lease, on a connection of its own. */
interface Process {
  readonly repository: SavedObjectsRepository;
  /** Takes the lease if it is free; `undefined`: another process holds it, or was faster. */
  take(): Promise<JobLease | undefined>;
  isHeldByAnother(): Promise<boolean>;
}

/** Promises of leases, for every store. */
export function itLeases({ store, reopen }: ConformanceContext): void {
  let clock: FakeClock;
  let processes: number;
  beforeEach(() => {
    clock = new FakeClock();
    processes = 0;
  });

  const aProcess = async (
    over: {
      readonly wrap?: (inner: DocumentStore) => DocumentStore;
      readonly probe?: ProcessLivenessProbe;
      readonly instanceId?: string;
    } = {},
  ): Promise<Process> => {
    processes += 1;
    const { instanceId = `process-${processes}`, probe, wrap = (inner) => inner } = over;
    const repository = repositoryOn(wrap((await reopen()) ?? store()), clock);
    const target = leasedSavedObject<Job>(repository, { type: GLOBAL.name, id: ID });
    const watching = { clock, instanceId, ...(probe === undefined ? {} : { probe }) };
    const monitor = new LeaseMonitor({ ...watching, afterGap: 'start_over' });
    let taken = 0;
    const isHeld = (document: SavedObject<Job> | undefined): boolean => {
      const lease = document?.attributes.lease;
      return monitor.isHeld(ID, lease && { owner: lease.owner, pulse: lease.beat, ttlMs: TTL_MS });
    };
    return {
      repository,
      isHeldByAnother: async () => isHeld(await target.read()),
      take: async () => {
        const document = await target.read();
        if (isHeld(document)) return undefined;
        taken += 1;
        const owner = leaseOwner(instanceId, `${taken}`, probe);
        const changes = { page: 0 };
        return takeLease({ target, document, owner, ttlMs: TTL_MS, clock, changes });
      },
    };
  };

  const stored = async () =>
    (await repositoryOn(store(), clock).getIfExists<Job>(GLOBAL.name, ID))?.attributes;

  /** Looks ten times within `ms`, as a waiting process does; resolves to the last result. */
  const watchFor = async (ms: number, watcher: Process): Promise<boolean> => {
    const looks = 10;
    let isHeld = await watcher.isHeldByAnother();
    for (let look = 0; look < looks; look += 1) {
      await clock.advance(ms / looks);
      isHeld = await watcher.isHeldByAnother();
    }
    return isHeld;
  };

  const mustTake = async (process: Process): Promise<JobLease> => {
    const lease = await process.take();
    if (lease === undefined) throw new Error('The lease was not free.');
    return lease;
  };

  it('G87: gives a lease to exactly one of many takers at once, on a new, a free and a dead one', async () => {
    const takers = await Promise.all(Array.from({ length: TAKERS }, () => aProcess()));
    const takeTogether = async (): Promise<JobLease> => {
      const leases = await Promise.all(takers.map((taker) => taker.take()));
      const [won, ...others] = leases.filter((lease) => lease !== undefined);
      expect(others).toEqual([]);
      if (won === undefined) throw new Error('Nobody got the lease.');
      expect((await stored())?.lease?.owner).toBe(won.owner);
      return won;
    };
    const first = await takeTogether();
    expect(await first.release()).toBe(true);
    const second = await takeTogether();
    for (const taker of takers) await taker.isHeldByAnother();
    for (let look = 0; look < 3; look += 1) {
      await clock.advance(TTL_MS / 3);
      for (const taker of takers) await taker.isHeldByAnother();
    }
    const third = await takeTogether();
    expect(await second.renew()).toBe(false);
    expect(await third.renew()).toBe(true);
  });

  it('keeps others out as long as the holder renews it', async () => {
    const [holder, other] = [await aProcess(), await aProcess()];
    const lease = await mustTake(holder);
    for (let beat = 0; beat < 9; beat += 1) {
      expect(await other.take()).toBeUndefined();
      await clock.advance(TTL_MS / 3);
      expect(await lease.renew(() => ({ page: beat }))).toBe(true);
    }
    expect(await stored()).toMatchObject({ page: 8, lease: { beat: 9 } });
  });

  it('frees it when the holder of another machine was silent for its whole life, not earlier', async () => {
    const [holder, other] = [await aProcess(), await aProcess()];
    await mustTake(holder);
    expect(await watchFor(TTL_MS - 10, other)).toBe(true);
    await clock.advance(10);
    expect(await other.take()).toBeDefined();
  });

  it('G86: tells a holder that stood still that another process took over, before it acts', async () => {
    const [holder, other] = [await aProcess(), await aProcess()];
    const lease = await mustTake(holder);
    await watchFor(TTL_MS, other);
    const taken = await mustTake(other);
    expect(await lease.isStillHeld()).toBe(false);
    expect(await taken.isStillHeld()).toBe(true);
  });

  it('G86: lets a holder that stood still go on when nobody took over, and keeps others out then', async () => {
    const [holder, other] = [await aProcess(), await aProcess()];
    const lease = await mustTake(holder);
    await watchFor(TTL_MS, other);
    expect(await lease.isStillHeld()).toBe(true);
    expect(await other.take()).toBeUndefined();
  });

  it('keeps the lease of a stopped process of this machine, and gives it a whole life once it goes on', async () => {
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
    'G85: frees the lease of a process that was killed at once, not of one that is stopped',
    async () => {
      const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000); console.log(1)']);
      try {
        await once(child.stdout, 'data');
        const holder = await aProcess({ probe: createProcessLivenessProbe(undefined, child.pid) });
        const other = await aProcess({ probe: createProcessLivenessProbe() });
        await mustTake(holder);
        child.kill('SIGSTOP');
        await until(async () => procState(child.pid) === 'stopped');
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
    'G97: neither frees nor keeps it when the wall clock jumps by %d ms',
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

  it('G97: counts no time against the holder in which the machine of the watcher was suspended', async () => {
    const [holder, other] = [await aProcess(), await aProcess()];
    await mustTake(holder);
    await other.isHeldByAnother();
    await clock.advance(2 * HOUR_MS);
    expect(await other.isHeldByAnother()).toBe(true);
    expect(await watchFor(TTL_MS - 10, other)).toBe(true);
    expect(await watchFor(10, other)).toBe(false);
  });

  it('goes on after a renewal whose response was lost', async () => {
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

  it('keeps it through renewals that never reached the store', async () => {
    const faults = new StoreFaults();
    const lease = await mustTake(await aProcess({ wrap: faults.wrap }));
    for (let failure = 0; failure < 3; failure += 1) {
      faults.next = 'request_lost';
      await expect(lease.renew()).rejects.toMatchObject({ code: 'store_unavailable' });
    }
    expect(await lease.renew()).toBe(true);
    expect((await stored())?.lease?.beat).toBe(1);
  });

  it('leaves a lease that was taken with its response lost to its own process at once, to others after its life', async () => {
    const faults = new StoreFaults();
    const unlucky = await aProcess({ wrap: faults.wrap, instanceId: 'unlucky' });
    const other = await aProcess();
    faults.next = 'response_lost';
    await expect(unlucky.take()).rejects.toMatchObject({ code: 'store_unavailable' });
    expect(await other.take()).toBeUndefined();
    expect(await unlucky.isHeldByAnother()).toBe(false);
    expect(await watchFor(TTL_MS, other)).toBe(false);
    expect(await mustTake(unlucky)).toBeDefined();
    expect(await other.take()).toBeUndefined();
  });

  it('is free after a release whose response was lost, and says so at the next attempt', async () => {
    const faults = new StoreFaults();
    const lease = await mustTake(await aProcess({ wrap: faults.wrap }));
    faults.next = 'response_lost';
    await expect(lease.release()).rejects.toMatchObject({ code: 'store_unavailable' });
    expect(await lease.release()).toBe(false);
    expect(await (await aProcess()).take()).toBeDefined();
  });

  it('G87: lets a former holder neither renew nor release nor change anything', async () => {
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

  it('keeps what others wrote meanwhile, and is not lost by it', async () => {
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

  it('is lost with its document, and does not bring it back', async () => {
    const [holder, other] = [await aProcess(), await aProcess()];
    const lease = await mustTake(holder);
    await other.repository.delete(GLOBAL.name, ID, { visibleToSearch: false });
    expect(await lease.renew()).toBe(false);
    expect(await lease.release()).toBe(false);
    expect(await stored()).toBeUndefined();
  });
}

/** A repository of one process. */
function repositoryOn(store: DocumentStore, clock: FakeClock): SavedObjectsRepository {
  const type = { ...GLOBAL, visibleToSearch: false };
  return createRepository({
    store,
    models: new Map([[type.name, createTypeModel(type)]]),
    encryption: undefined,
    now: () => clock.now(),
    uuid: () => 'unused',
    migrateNow: async () => undefined,
    onSkippedDocument: () => undefined,
  });
}

/** Makes writes fail. */
class StoreFaults {
  /** Fault of the next write. */
  next: 'request_lost' | 'response_lost' | undefined;

  readonly wrap = (inner: DocumentStore): DocumentStore => ({
    ...inner,
    put: async (...args) => {
      const fault = this.next;
      this.next = undefined;
      if (fault === 'request_lost') throw new StoreError('unavailable', 'The store is away.');
      const written = await inner.put(...args);
      if (fault === 'response_lost') throw new StoreError('unavailable', 'The store is away.');
      return written;
    },
  });
}

/** A machine on which every process but this one is in one state. */
function aProbe(processIdentity: string, state: () => ProcessState): ProcessLivenessProbe {
  return { processIdentity, stateOf: (identity) => (identity === '' ? 'unknown' : state()) };
}

function procState(pid: number | undefined): ProcessState {
  const { processIdentity } = createProcessLivenessProbe(undefined, pid);
  return createProcessLivenessProbe().stateOf(processIdentity);
}

async function until(isTrue: () => Promise<boolean>): Promise<void> {
  while (!(await isTrue())) await new Promise((resolve) => setTimeout(resolve, 5));
}
