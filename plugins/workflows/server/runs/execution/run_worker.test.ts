import { leasedSavedObject, takeLease } from '@latchkey/saved-objects/coordination';
import { responseKey } from '@latchkey/workflow-engine';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WORKER_TYPE, type WorkerAttributes } from '../store/run_types.ts';
import { aRun, overriding } from '../store/stored_runs.mock.ts';
import { aRunFixture, type RunFixture, workflowOf } from './run_fixture.mock.ts';

const ASK = '  - { name: ask, type: waitForInput }';
const PAUSE = '  - { name: pause, type: wait, with: { duration: 1h } }';
const SHORT = '  - { name: pause, type: wait, with: { duration: 4s } }';
const LOG = '  - { name: log, type: console, with: { message: done } }';

let fixture: RunFixture;
beforeEach(async () => {
  fixture = await aRunFixture();
});
afterEach(() => fixture.close());

const response = (by: string) =>
  ({
    kind: 'value',
    key: responseKey('ask'),
    value: { response: by, respondedBy: by, respondedAt: 'now' },
  }) as const;

/** Creates a run that a process owns but does not execute. */
const owned = async (owner: string, id = 'run-1', over: Parameters<typeof aRun>[0] = {}) => {
  const { store } = fixture.stored;
  const definitionId = await store.storeDefinition('default', workflowOf(LOG));
  return store.create(id, aRun({ definitionId, owner, ...over }));
};

describe('two responses to one wait', () => {
  it('lead to only one accepted response, even if different processes receive them', async () => {
    const [first, second] = [fixture.process(), fixture.process()];
    const { id } = await fixture.start(first, ASK);
    const waiting = await fixture.until(id, 'waiting_for_input');
    const taken = await Promise.all([
      first.worker.take(waiting, [response('one')]),
      second.worker.take(waiting, [response('two')]),
    ]);
    expect(taken.filter(Boolean)).toHaveLength(1);
    const ended = await fixture.until(id, 'completed');
    const { records } = await fixture.stored.store.journal.readRecords(ended);
    const responses = records.filter(({ key }) => key === responseKey('ask'));
    expect(responses).toEqual([response(taken[0] === true ? 'one' : 'two')]);
  });
});

describe('the start time of a run that another process takes over', () => {
  const created = new Date(0).toISOString();
  const began = new Date(1_000).toISOString();

  it.each([
    {
      title: 'is kept when the run was queued again',
      over: { status: 'queued', startedAt: began },
    },
    {
      title: 'is kept while the run is in the queue',
      over: { status: 'queued', startedAt: began },
      maxActive: 1,
    },
    {
      title: 'is its creation when an older version stored no start time',
      over: { status: 'running' },
      maxActive: 1,
    },
  ] as const)('$title', async ({ over, ...options }) => {
    const process = fixture.process(options);
    const first = await fixture.start(process, SHORT);
    const run = await owned('nobody', 'run-1', { createdAt: created, ...over });
    await process.worker.take(run);
    while ((await fixture.stored.store.read(first.id))?.status !== 'completed')
      await fixture.clock.advance(4_000);
    const { startedAt } = await fixture.until(run.id, 'completed');
    expect(startedAt).toBe('startedAt' in over ? began : created);
  });
});

describe('the searches of a process', () => {
  it('continue when one of the searches fails', async () => {
    const failing = overriding(fixture.stored.store, {
      ownedBy: () => {
        throw new Error('damaged');
      },
    });
    const { id } = await fixture.start(fixture.process(), PAUSE);
    await fixture.until(id, 'waiting');
    const process = fixture.process({ store: failing });
    await process.worker.start();
    while ((await fixture.stored.store.read(id))?.status !== 'completed')
      await fixture.clock.advance(10 * 60_000);
  });

  it('continue runs whose wait has ended although one of the runs cannot be written', async () => {
    const { store } = fixture.stored;
    const failing = overriding(store, {
      compareAndSet: async (run, changes) => {
        if (run.id === 'run-1') throw new Error('damaged');
        return store.compareAndSet(run, changes);
      },
    });
    const wakeAt = new Date(0).toISOString();
    const wait = { kind: 'time', stepKey: 'pause', since: 0, wakeAt: 0 } as const;
    for (const id of ['run-1', 'run-2'])
      await store.compareAndSet(await owned('nobody', id), {
        status: 'waiting',
        owner: undefined,
        waits: [wait],
        wakeAt,
      });
    await fixture.process({ store: failing }).worker.start();
    await fixture.until('run-2', 'completed');
    expect((await store.read('run-1'))?.status).toBe('waiting');
  });

  it('continue a run that this process owns but does not execute', async () => {
    const process = fixture.process();
    await process.worker.start();
    await owned(await process.worker.owner());
    while ((await fixture.stored.store.read('run-1'))?.status !== 'completed')
      await fixture.clock.advance(5_000);
  });

  it('skip a run that this process has just started', async () => {
    const process = fixture.process();
    await process.worker.start();
    const run = await owned(await process.worker.owner());
    await fixture.clock.advance(6_000);
    expect((await fixture.stored.store.read(run.id))?.epoch).toBe(0);
  });
});

describe('a run that another process owns', () => {
  const untilCompleted = async () => {
    while ((await fixture.stored.store.read('run-1'))?.status !== 'completed')
      await fixture.clock.advance(5_000);
  };

  it("is taken only after that process's lease was ended, so that the suspended process notices it", async () => {
    const { clock, stored } = fixture;
    const target = leasedSavedObject<WorkerAttributes>(stored.repository, {
      type: WORKER_TYPE,
      id: 'suspended',
    });
    const lease = await takeLease({
      target,
      document: undefined,
      owner: '::suspended',
      ttlMs: 30_000,
      clock,
    });
    await owned('suspended');
    await fixture.process().worker.start();
    await untilCompleted();
    expect(await lease?.isStillHeld()).toBe(false);
  });

  it('continues when this process took it again while the search for cancellations read an older version', async () => {
    const { store } = fixture.stored;
    const outdated = overriding(store, {
      readMany: async (ids) => (await store.readMany(ids)).map((run) => ({ ...run, epoch: 0 })),
    });
    const definitionId = await store.storeDefinition('default', workflowOf(SHORT));
    const run = await store.create('run-1', aRun({ definitionId, owner: 'gone' }));
    const process = fixture.process({ store: outdated });
    process.executor.start();
    await process.worker.take(run);
    for (let second = 0; second < 6; second += 1) await fixture.clock.advance(1_000);
    await fixture.until('run-1', 'completed');
  });

  it.each(['readEnd', 'addEntry'] as const)(
    'is left to a process that has taken it while this process was suspended before the call of `%s`',
    async (point) => {
      const { store } = fixture.stored;
      const { journal } = store;
      const run = await owned('gone');
      const takeBefore =
        <A extends readonly unknown[], R>(work: (...args: A) => Promise<R>) =>
        async (...args: A): Promise<R> => {
          const current = await store.read(run.id);
          if (current?.epoch === 1) {
            await store.compareAndSet(current, { owner: 'other', epoch: 2 });
            await journal.addEntry(run, { seq: 1, epoch: 2, records: [], steps: 0 });
          }
          return work(...args);
        };
      const addEntry = takeBefore(journal.addEntry.bind(journal));
      const readEnd = takeBefore(journal.readEnd.bind(journal));
      const over = point === 'addEntry' ? { addEntry } : { readEnd };
      const suspended = overriding(store, { journal: overriding(journal, over) });
      expect(await fixture.process({ store: suspended }).worker.take(run)).toBe(false);
      const entries = await journal.readEntries(run, { from: 1, to: 9 });
      expect(entries.map(({ epoch }) => epoch)).toEqual([2]);
    },
  );

  it('gets no further entry when its former owner reads the entries of its next owner', async () => {
    const { store } = fixture.stored;
    const { journal } = store;
    const steps = '  - { name: make, type: files.create, connector-id: c1, with: { name: x } }';
    const definitionId = await store.storeDefinition('default', workflowOf(steps));
    const run = await owned('gone', 'run-1', { definitionId });
    const readRecords: typeof journal.readRecords = async (read) => {
      const current = await store.read(run.id);
      if (current !== undefined) await store.compareAndSet(current, { owner: 'other', epoch: 2 });
      await journal.addEntry(run, { seq: 2, epoch: 2, records: [], steps: 0 });
      return journal.readRecords(read);
    };
    const suspended = overriding(store, { journal: overriding(journal, { readRecords }) });
    const process = fixture.process({ store: suspended });
    expect(await process.worker.take(run)).toBe(true);
    while (process.executor.has(run.id)) await new Promise((resolve) => setImmediate(resolve));
    const entries = await journal.readEntries(run, { from: 1, to: 9 });
    expect(entries.map(({ epoch }) => epoch)).toEqual([1, 2]);
  });

  it('is taken although another run cannot be read', async () => {
    const { store, repository } = fixture.stored;
    const failing = overriding(store, {
      read: async (id) => {
        if (id.startsWith('damaged')) throw new Error('damaged');
        return store.read(id);
      },
      compareAndSet: async (run, changes) => {
        if (run.id.startsWith('damaged')) throw new Error('damaged');
        return store.compareAndSet(run, changes);
      },
    });
    await repository.create(WORKER_TYPE, {}, { id: 'dead' });
    await owned('dead', 'damaged-1');
    await owned('dead', 'run-1');
    await owned('deleted', 'damaged-2');
    await owned('deleted', 'run-2');
    const process = fixture.process({ store: failing });
    await owned(await process.worker.owner(), 'damaged-3');
    await owned(await process.worker.owner(), 'run-3');
    await process.worker.start();
    const statuses = async () =>
      (await store.readMany(['run-1', 'run-2', 'run-3'])).map(({ status }) => status);
    while ((await statuses()).some((status) => status !== 'completed'))
      await fixture.clock.advance(5_000);
  });

  it('keeps the document of its process when the process that found it is stopping', async () => {
    const { store, repository } = fixture.stored;
    await repository.create(WORKER_TYPE, {}, { id: 'dead' });
    const run = await owned('dead');
    const stopped = new AbortController();
    let searches = 0;
    const process = fixture.process({
      store: overriding(store, {
        ownedBy: async function* (owner) {
          if (owner !== 'dead') return;
          searches += 1;
          // Searches may not find the last writes. The process is forgotten only after a few empty
          // searches.
          if (searches < 4) return;
          process.worker.stop().then(() => stopped.abort(), stopped.abort);
          yield [run];
        },
      }),
    });
    await process.worker.start();
    while (!stopped.signal.aborted) await fixture.clock.advance(1_000);
    expect(searches).toBe(4);
    expect(await repository.getIfExists(WORKER_TYPE, 'dead')).toBeDefined();
    expect((await store.read(run.id))?.owner).toBe('dead');
  });

  it('is taken when the document of its process was deleted before the run was stored', async () => {
    await owned('deleted');
    await fixture.process().worker.start();
    await untilCompleted();
  });
});

describe('a run whose process has ended', () => {
  it('J128: renders templates in a separate process, because a template may have ended the earlier process', async () => {
    const texts: string[] = [];
    const templates = {
      forUser: () => ({
        render: async ({ text }: { readonly text: string }) => {
          texts.push(text);
          return { value: 'elsewhere', tookMs: 1 };
        },
      }),
    };
    const step = '  - { name: log, type: console, with: { message: "{{ 1 | plus: 1 }}" } }';
    const process = fixture.process({ templates });
    const fresh = await fixture.start(process, step);
    await fixture.until(fresh.id, 'completed');
    expect(texts).toEqual([]);
    const definitionId = await fixture.stored.store.storeDefinition('default', workflowOf(step));
    await process.worker.take(await owned('gone', 'run-1', { definitionId }));
    await fixture.until('run-1', 'completed');
    expect(texts).toEqual(['{{ 1 | plus: 1 }}']);
  });
});

describe('a queued run of another process', () => {
  const CALL = '  - { name: make, type: files.create, connector-id: c1, with: { name: x } }';
  const entriesOf = (id: string) =>
    fixture.stored.store.journal.readEntries({ id }, { from: 1, to: 9 });

  it('is taken with one write, because no process can have executed it', async () => {
    const { store, repository } = fixture.stored;
    await repository.create(WORKER_TYPE, {}, { id: 'gone' });
    await owned('gone', 'run-1', { status: 'queued' });
    const unread = () => Promise.reject(new Error('needless'));
    const journal = overriding(store.journal, { readEnd: unread, addEntry: unread });
    const process = fixture.process({ store: overriding(store, { read: unread, journal }) });
    await process.worker.start();
    await fixture.until('run-1', 'completed');
    expect(await entriesOf('run-1')).toEqual([]);
  });

  it('is not counted as the reason when processes end, however often', async () => {
    const run = await owned('gone', 'run-1', { status: 'queued' });
    for (let takeover = 1; takeover <= 9; takeover += 1) {
      const queued = await fixture.stored.store.read(run.id);
      if (queued !== undefined) await fixture.process({ maxActive: 0 }).worker.take(queued);
    }
    const queued = await fixture.stored.store.read(run.id);
    if (queued !== undefined) await fixture.process().worker.take(queued);
    await fixture.until(run.id, 'completed');
  });

  it('gets a journal entry when an earlier takeover was not completed', async () => {
    // The owner before the last one may be suspended during a call.
    const run = await owned('gone', 'run-1', { status: 'queued', epoch: 1, takeovers: 1 });
    await fixture.process().worker.take(run);
    await fixture.until(run.id, 'completed');
    expect(await entriesOf(run.id)).toMatchObject([{ epoch: 2, records: [] }]);
  });

  it('is not executed when its first owner continues later', async () => {
    const release = Promise.withResolvers<void>();
    const calls: string[] = [];
    const first = fixture.process({
      maxActive: 1,
      execute: async ({ connectorId }) => {
        calls.push('first');
        await release.promise;
        return { connectorId, status: 'ok', data: {} };
      },
    });
    const busy = await fixture.start(first, CALL);
    const { id } = await fixture.start(first, CALL);
    const queued = await fixture.until(id, 'queued');
    const execute = async ({ connectorId }: { readonly connectorId: string }) => {
      calls.push('second');
      return { connectorId, status: 'ok', data: {} } as const;
    };
    await fixture.process({ execute }).worker.take(queued);
    await fixture.until(id, 'completed');
    release.resolve();
    await fixture.until(busy.id, 'completed');
    await first.executor.stop();
    expect(calls).toEqual(['first', 'second']);
  });
});

describe('many runs of a process that has ended', () => {
  it('are taken over together, and only executed runs are shown as running', async () => {
    const { store, repository } = fixture.stored;
    await repository.create(WORKER_TYPE, {}, { id: 'dead' });
    const definitionId = await store.storeDefinition(
      'default',
      workflowOf('  - { name: make, type: files.create, connector-id: c1, with: { name: x } }'),
    );
    const ids = ['run-1', 'run-2', 'run-3', 'run-4', 'run-5'];
    for (const id of ids) await store.create(id, aRun({ definitionId, owner: 'dead' }));
    const execute = () => new Promise<never>(() => undefined);
    const process = fixture.process({ execute, maxActive: 2, isAbandoned: true });
    await process.worker.start();
    const states = async () =>
      (await store.readMany(ids)).map(({ status, epoch }) => ({ status, epoch }));
    while ((await states()).some(({ epoch }) => epoch === 0)) await fixture.clock.advance(1_000);
    const running = (await states()).filter(({ status }) => status === 'running');
    expect(running).toHaveLength(2);
  });
});

describe('a run during which its processes end', () => {
  const takenOver = async (times: number) => {
    const run = await owned('gone');
    for (let seq = 1; seq <= times; seq += 1)
      await fixture.stored.store.journal.addEntry(run, { seq, epoch: 0, records: [], steps: 0 });
    await fixture.process().worker.take(run);
    return fixture.until(run.id, 'completed', 'failed');
  };

  it('is continued when no more than four processes have ended', async () => {
    expect((await takenOver(4)).status).toBe('completed');
  });

  it('fails when the fifth process ends, because the run may be the cause', async () => {
    expect(await takenOver(5)).toMatchObject({
      status: 'failed',
      error: { type: 'InternalError' },
    });
    expect(fixture.logger.lines.some(({ level }) => level === 'error')).toBe(true);
  });

  it('accepts no entry of an earlier owner after it failed', async () => {
    const run = await takenOver(5);
    const { journal } = fixture.stored.store;
    const suspended = { seq: 6, epoch: 0, records: [], steps: 0 };
    expect(await journal.addEntry(run, suspended)).toBe(false);
    expect((await journal.readEnd(run)).epoch).toBe(1);
  });

  it('fails when processes end while they read the end of the journal', async () => {
    const { store } = fixture.stored;
    const readEnd = () => Promise.reject(new Error('out of memory'));
    const unreadable = overriding(store, { journal: overriding(store.journal, { readEnd }) });
    await owned('gone');
    const take = async () => {
      const run = await store.read('run-1');
      if (run !== undefined) await fixture.process({ store: unreadable }).worker.take(run);
    };
    for (let takeover = 1; takeover <= 5; takeover += 1)
      await expect(take()).rejects.toThrow('out of memory');
    await take();
    expect(await store.read('run-1')).toMatchObject({
      status: 'failed',
      error: { type: 'InternalError' },
    });
  });

  it('counts a takeover only once when the journal was read', async () => {
    const run = await owned('gone');
    await fixture.process().worker.take(run);
    expect((await fixture.until(run.id, 'completed')).takeovers).toBeUndefined();
  });
});
