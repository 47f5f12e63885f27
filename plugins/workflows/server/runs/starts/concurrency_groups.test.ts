import { createLoggerMock } from '@latchkey/core/server/mocks';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CONCURRENCY_TYPE, type ConcurrencyAttributes } from '../store/concurrency_type.ts';
import type { RunStore, StoredRun } from '../store/run_store.ts';
import type { RunAttributes } from '../store/run_types.ts';
import { aRun, aRunStore, overriding } from '../store/stored_runs.mock.ts';
import { ConcurrencyGroups } from './concurrency_groups.ts';

type Policy = NonNullable<RunAttributes['concurrency']>;
const QUEUE: Policy = {
  groupId: 'default:g',
  strategy: 'queue',
  max: 1,
  queueSize: 2,
  queueTtlMs: 60_000,
};

let stored: Awaited<ReturnType<typeof aRunStore>>;
let groups: ConcurrencyGroups;
let now: number;
beforeEach(async () => {
  stored = await aRunStore();
  now = 0;
  groups = aProcess(stored.store);
  stored.store.onEnd((run) => groups.ended(run));
});
afterEach(() => stored.stop());

/** Creates the concurrency groups of one process. */
const aProcess = (store: RunStore): ConcurrencyGroups =>
  new ConcurrencyGroups({
    repository: stored.repository,
    store,
    take: async (run) => (await store.compareAndSet(run, { status: 'running' })) !== undefined,
    cancel: async (id) => {
      const run = await store.read(id);
      if (run !== undefined) await store.compareAndSet(run, { status: 'cancelled' });
    },
    clock: { now: () => now },
    logger: createLoggerMock(),
  });

const create = (id: string, concurrency: Policy) =>
  stored.store.create(
    id,
    aRun({ status: 'queued', concurrency, createdAt: new Date(now).toISOString() }),
  );
/** Enters runs one after the other, as requests that start them do. */
const enter = async (concurrency: Policy, ...ids: readonly string[]) => {
  for (const id of ids) await groups.enter(await create(id, concurrency));
  await groups.idle();
};
const read = async (id: string): Promise<StoredRun> => {
  const run = await stored.store.read(id);
  if (run === undefined) throw new Error(`no run ${id}`);
  return run;
};
const statuses = async (...ids: readonly string[]) =>
  Promise.all(ids.map(async (id) => (await read(id)).status));
const end = async (id: string, store = stored.store) => {
  await store.compareAndSet(await read(id), { status: 'completed' });
  await groups.idle();
};
const group = () =>
  stored.repository.getIfExists<ConcurrencyAttributes>(CONCURRENCY_TYPE, QUEUE.groupId);

describe('a full concurrency group', () => {
  it('skips a run with the policy `drop` and stores the reason, until another run has ended', async () => {
    const drop = { ...QUEUE, strategy: 'drop', max: 2 } as const;
    await enter(drop, 'a', 'b', 'c');
    expect(await statuses('a', 'b', 'c')).toEqual(['running', 'running', 'skipped']);
    expect((await read('c')).error?.type).toBe('ConcurrencyLimitReached');
    await end('a');
    await enter(drop, 'd');
    expect(await statuses('d')).toEqual(['running']);
  });

  it('lets runs wait and starts them in their order with the policy `queue`', async () => {
    await enter(QUEUE, 'a', 'b', 'c');
    expect(await statuses('a', 'b', 'c')).toEqual(['running', 'queued', 'queued']);
    await end('a');
    expect(await statuses('b', 'c')).toEqual(['running', 'queued']);
    await end('b');
    expect(await statuses('c')).toEqual(['running']);
    await end('c');
    expect(await group()).toBeUndefined();
  });

  it('counts runs that wait in a step as active', async () => {
    await enter(QUEUE, 'a', 'b');
    await stored.store.compareAndSet(await read('a'), { status: 'waiting_for_input' });
    await groups.repair();
    expect(await statuses('a', 'b')).toEqual(['waiting_for_input', 'queued']);
  });

  it('skips a run when the queue is full', async () => {
    await enter(QUEUE, 'a', 'b', 'c', 'd');
    expect(await statuses('c', 'd')).toEqual(['queued', 'skipped']);
  });

  it('skips a run that has waited longer than `queue-ttl`', async () => {
    await enter(QUEUE, 'a', 'b');
    now = QUEUE.queueTtlMs - 1;
    await groups.repair();
    expect(await statuses('b')).toEqual(['queued']);
    now = QUEUE.queueTtlMs;
    await groups.repair();
    expect(await statuses('a', 'b')).toEqual(['running', 'skipped']);
  });

  it('skips a queued run that has waited too long, and starts the next one', async () => {
    await enter(QUEUE, 'a', 'b');
    now = QUEUE.queueTtlMs - 1;
    await enter(QUEUE, 'c');
    now = QUEUE.queueTtlMs;
    await end('a');
    expect(await statuses('a', 'b', 'c')).toEqual(['completed', 'skipped', 'running']);
    expect((await read('b')).error).toMatchObject({ type: 'ConcurrencyLimitReached' });
  });

  it('cancels the oldest run and those that wait with the policy `cancel-in-progress`', async () => {
    const cancel = { ...QUEUE, strategy: 'cancel-in-progress', max: 2 } as const;
    await enter(cancel, 'a', 'b', 'c');
    expect(await statuses('a', 'b', 'c')).toEqual(['cancelled', 'running', 'running']);
  });

  it('does not limit runs that belong to another group', async () => {
    await enter(QUEUE, 'a');
    await enter({ ...QUEUE, groupId: 'default:other' }, 'b');
    expect(await statuses('a', 'b')).toEqual(['running', 'running']);
  });
});

describe('a concurrency group after the end of a process', () => {
  it('starts the next run by a check, when another process ended the first run and started no run after it', async () => {
    await enter(QUEUE, 'a', 'b');
    await end('a', stored.otherProcess);
    expect(await statuses('b')).toEqual(['queued']);
    await groups.repair();
    expect(await statuses('b')).toEqual(['running']);
  });

  it('starts a run that was stored but not yet entered into the group', async () => {
    await create('a', QUEUE);
    await groups.repair();
    expect(await statuses('a')).toEqual(['running']);
  });

  it('starts a run that already has its place in the group', async () => {
    const { repository } = stored;
    await create('a', QUEUE);
    const attributes: ConcurrencyAttributes = { spaceId: 'default', holders: ['a'], queue: [] };
    await repository.create(CONCURRENCY_TYPE, attributes, { id: QUEUE.groupId });
    await groups.repair();
    expect(await statuses('a')).toEqual(['running']);
  });

  it('never has more active runs than its maximum when many runs start at the same time', async () => {
    const ids = Array.from({ length: 12 }, (_, index) => `r${index}`);
    const policy = { ...QUEUE, max: 3, queueSize: 100 };
    const runs = await Promise.all(ids.map((id) => create(id, policy)));
    await Promise.all(runs.map((run) => groups.enter(run)));
    await groups.idle();
    const all = await statuses(...ids);
    expect(all.filter((status) => status === 'running')).toHaveLength(3);
    expect(all.filter((status) => status === 'queued')).toHaveLength(9);
  });

  it('is read only once by a check, however many runs wait', async () => {
    const policy = { ...QUEUE, queueSize: 100 };
    const ids = Array.from({ length: 30 }, (_, index) => `r${index}`);
    await enter(policy, 'a', ...ids);
    const { store } = stored;
    let read = 0;
    const counting = overriding(store, {
      read: async (id) => {
        read += 1;
        return store.read(id);
      },
      readMany: async (many) => {
        read += many.length;
        return store.readMany(many);
      },
    });
    await aProcess(counting).repair();
    expect(read).toBe(31);
    now = 60_000;
    await aProcess(counting).repair();
    expect(read).toBe(62);
    expect(new Set(await statuses(...ids))).toEqual(new Set(['skipped']));
  });

  it('cancels all runs except the last one', async () => {
    const policy = { ...QUEUE, strategy: 'cancel-in-progress' } as const;
    await create('a', policy);
    await create('b', policy);
    await create('c', policy);
    const { repository } = stored;
    const attributes = { spaceId: 'default', holders: ['a'], queue: ['b', 'c'] };
    await repository.create<ConcurrencyAttributes>(CONCURRENCY_TYPE, attributes, {
      id: QUEUE.groupId,
    });
    await groups.repair();
    await groups.idle();
    expect(await statuses('a', 'b', 'c')).toEqual(['cancelled', 'cancelled', 'running']);
  });
});
