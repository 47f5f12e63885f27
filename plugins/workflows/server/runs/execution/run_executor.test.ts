import type { ExecutionResult } from '@latchkey/actions-plugin/server';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { aRun, overriding } from '../store/stored_runs.mock.ts';
import { cancelRun } from './cancel_run.ts';
import { aRunFixture, type RunFixture } from './run_fixture.mock.ts';

const CALL = '  - { name: call, type: files.list, connector-id: c1, with: { id: "NAME" } }';
const called = z.object({ subActionParams: z.object({ id: z.string() }) });

let fixture: RunFixture;
/** Names of the calls so far, in their order. */
let calls: string[];
let release: (() => void)[];
beforeEach(async () => {
  fixture = await aRunFixture();
  calls = [];
  release = [];
});
afterEach(async () => {
  for (const end of release) end();
  await fixture.close();
});

/** Starts a call that lasts until the test ends it. */
const hold = ({
  connectorId,
  params,
  signal,
}: {
  readonly connectorId: string;
  readonly params: unknown;
  readonly signal?: AbortSignal;
}): Promise<ExecutionResult> => {
  calls.push(called.parse(params).subActionParams.id);
  return new Promise((resolve, reject) => {
    release.push(() => resolve({ connectorId, status: 'ok', data: {} }));
    signal?.addEventListener('abort', () => reject(signal.reason));
  });
};
const untilCalled = async (count: number) => {
  while (calls.length < count) await new Promise((resolve) => setImmediate(resolve));
};
const steps = (name: string) => CALL.replace('NAME', name);

describe('a full process', () => {
  it('queues runs, and then executes the runs of all users in turn', async () => {
    const process = fixture.process({ maxActive: 1, execute: hold });
    const runs = [];
    for (const [user, name] of [
      ['eve', 'e1'],
      ['eve', 'e2'],
      ['eve', 'e3'],
      ['ana', 'a1'],
    ] as const)
      runs.push(await fixture.start(process, steps(name), user));
    expect(runs.map(({ status }) => status)).toEqual(['running', 'queued', 'queued', 'queued']);
    for (let ended = 0; ended < 4; ended += 1) {
      await untilCalled(ended + 1);
      release[ended]?.();
    }
    for (const { id } of runs) await fixture.until(id, 'completed');
    expect(calls).toEqual(['e1', 'e2', 'a1', 'e3']);
  });

  it('executes runs of other users first when one user has more than half of the places', async () => {
    const process = fixture.process({ maxActive: 4, execute: hold });
    for (const name of ['e1', 'e2', 'e3', 'e4', 'e5', 'e6'])
      await fixture.start(process, steps(name), 'eve');
    for (const name of ['a1', 'a2', 'a3']) await fixture.start(process, steps(name), 'ana');
    for (let ended = 0; ended < 3; ended += 1) {
      await untilCalled(4 + ended);
      release[ended]?.();
    }
    await untilCalled(7);
    expect(calls.slice(4)).toEqual(['a1', 'a2', 'e5']);
  });

  it('never executes a queued run that was cancelled, even if another process cancelled it', async () => {
    const process = fixture.process({ maxActive: 1, execute: hold });
    const first = await fixture.start(process, steps('first'));
    const queued = await fixture.start(process, steps('queued'));
    await fixture.stored.store.compareAndSet(queued, { status: 'cancelled', owner: undefined });
    await untilCalled(1);
    release[0]?.();
    await fixture.until(first.id, 'completed');
    const last = await fixture.start(process, steps('last'));
    await untilCalled(2);
    release[1]?.();
    await fixture.until(last.id, 'completed');
    expect(calls).toEqual(['first', 'last']);
    expect((await fixture.stored.store.read(queued.id))?.status).toBe('cancelled');
  });
});

describe('a process whose memory is used by runs', () => {
  const fill = (characters: number) =>
    `  - { name: fill, type: console, with: { message: "${'x'.repeat(characters)}" } }`;

  it('J131: queues the next run of the same user, and executes runs of other users', async () => {
    const process = fixture.process({ maxRecordCharacters: 10_000, execute: hold });
    const large = await fixture.start(process, `${fill(2_150)}\n${steps('e1')}`, 'eve');
    await untilCalled(1);
    const queued = await fixture.start(process, steps('e2'), 'eve');
    const other = await fixture.start(process, steps('a1'), 'ana');
    expect([queued.status, other.status]).toEqual(['queued', 'running']);
    await untilCalled(2);
    for (const end of release) end();
    await untilCalled(3);
    release[2]?.();
    for (const { id } of [large, queued, other]) await fixture.until(id, 'completed');
    expect(calls).toEqual(['e1', 'a1', 'e2']);
  });

  it('J131: puts a run without room for its records back into the queue, and repeats no call', async () => {
    const process = fixture.process({ maxRecordCharacters: 10_000, execute: hold });
    const first = await fixture.start(process, `${fill(1_600)}\n${steps('e1')}`, 'eve');
    await untilCalled(1);
    const before = steps('e2').replace('name: call', 'name: before');
    const run = await fixture.start(process, `${before}\n${fill(1_600)}\n${steps('e3')}`, 'eve');
    await untilCalled(2);
    await fixture.clock.advance(10);
    release[1]?.();
    const queued = await fixture.until(run.id, 'queued');
    expect(queued.recordCharacters).toBeGreaterThan(3_000);
    expect(process.executor.has(run.id)).toBe(true);
    release[0]?.();
    await untilCalled(3);
    release[2]?.();
    await fixture.until(first.id, 'completed');
    expect((await fixture.until(run.id, 'completed')).startedAt).toBe(run.createdAt);
    expect(calls).toEqual(['e1', 'e2', 'e3']);
  });

  it('J131: cancels a run that it has put back into the queue', async () => {
    const process = fixture.process({ maxRecordCharacters: 10_000, execute: hold });
    await fixture.start(process, `${fill(1_600)}\n${steps('e1')}`, 'eve');
    await untilCalled(1);
    const run = await fixture.start(process, `${fill(1_600)}\n${steps('e2')}`, 'eve');
    await fixture.until(run.id, 'queued');
    await cancelRun({ store: fixture.stored.store, ...process, clock: fixture.clock }, run.id);
    release[0]?.();
    await fixture.until(run.id, 'cancelled');
    expect(process.executor.has(run.id)).toBe(false);
    expect(calls).toEqual(['e1']);
  });

  it('J131: fails a run that alone has more records than one user may have', async () => {
    const process = fixture.process({ maxRecordCharacters: 10_000, execute: hold });
    const run = await fixture.start(process, fill(2_600), 'eve');
    const { error } = await fixture.until(run.id, 'failed');
    expect(error?.type).toBe('MemoryLimitReached');
  });

  it('J131: completes runs whose earlier process did not store the size of their records', async () => {
    const { store } = fixture.stored;
    const parking = fixture.process();
    const pause = '  - { name: pause, type: wait, with: { duration: 5m } }';
    const runs = [];
    for (let index = 0; index < 4; index += 1) {
      const { id } = await fixture.start(parking, `${fill(1_600)}\n${pause}`, 'eve');
      const waiting = await fixture.until(id, 'waiting');
      const changes = { recordCharacters: undefined, wakeAt: undefined };
      const older = await store.compareAndSet(waiting, changes);
      if (older !== undefined) runs.push(older);
    }
    await fixture.clock.advance(10 * 60_000);
    const process = fixture.process({ maxRecordCharacters: 10_000 });
    for (const run of runs) await process.worker.take(run);
    for (const { id } of runs) await fixture.until(id, 'completed', 'failed');
    const ended = await store.readMany(runs.map(({ id }) => id));
    expect(ended.map(({ status }) => status)).toEqual(Array(4).fill('completed'));
  });

  it('J131: lets no small run overtake a large run of the same user', async () => {
    const process = fixture.process({ maxRecordCharacters: 10_000, execute: hold });
    await fixture.start(process, `${fill(1_600)}\n${steps('e1')}`, 'eve');
    await untilCalled(1);
    const large = await fixture.start(process, `${fill(1_600)}\n${steps('e2')}`, 'eve');
    await fixture.until(large.id, 'queued');
    while (process.executor.free < 99) await new Promise((resolve) => setImmediate(resolve));
    const small = await fixture.start(process, steps('e3'), 'eve');
    expect(small.status).toBe('queued');
    release[0]?.();
    await untilCalled(3);
    for (const end of release) end();
    for (const { id } of [large, small]) await fixture.until(id, 'completed');
  });

  it('J131: continues a run that waited when there is room for its records', async () => {
    const process = fixture.process({ maxRecordCharacters: 10_000, execute: hold });
    const wait = '  - { name: pause, type: wait, with: { duration: 1m } }';
    const pausing = await fixture.start(process, `${fill(1_600)}\n${wait}`, 'eve');
    const waiting = await fixture.until(pausing.id, 'waiting');
    expect(waiting.recordCharacters).toBeGreaterThan(3_000);
    await fixture.start(process, `${fill(1_600)}\n${steps('e1')}`, 'eve');
    await untilCalled(1);
    expect(process.executor.hasRoomFor(waiting)).toBe(false);
    await process.worker.take(waiting);
    expect(process.executor.has(pausing.id)).toBe(true);
    release[0]?.();
    await fixture.clock.advance(60_000);
    await fixture.until(pausing.id, 'completed');
  });
});

it('a process that stops does not wait until the YAML of a run is read', async () => {
  const { store } = fixture.stored;
  const process = fixture.process();
  // Reading this YAML takes many seconds, and it is invalid.
  const yaml = `name: a\nsteps: [${'1,'.repeat(400_000)}1]`;
  const definitionId = await store.storeDefinition('default', yaml);
  const owner = await process.worker.owner();
  process.executor.execute(await store.create('run', aRun({ definitionId, owner })));
  await process.executor.stop();
  expect(await store.read('run')).toMatchObject({ status: 'running' });
});

describe('a call of a run', () => {
  it('is not made by a process that may have lost the run to another process', async () => {
    const isStillOwner = async () => false;
    const process = fixture.process({ execute: hold, isStillOwner });
    const run = await fixture.start(process, steps('call'));
    while (process.executor.has(run.id)) await new Promise((resolve) => setImmediate(resolve));
    expect(calls).toEqual([]);
    expect((await fixture.stored.store.read(run.id))?.status).toBe('running');
  });

  it('is shown in the run while it takes longer than a second, and not afterwards', async () => {
    const process = fixture.process({ execute: hold });
    process.executor.start();
    const run = await fixture.start(process, steps('call'));
    await untilCalled(1);
    const startedAt = new Date(fixture.clock.now()).toISOString();
    await fixture.clock.advance(1_000);
    const expected = [{ stepId: 'call', stepType: 'files.list', startedAt }];
    const shown = async () => (await fixture.stored.store.read(run.id))?.currentSteps;
    while ((await shown()) === undefined) await fixture.clock.advance(1_000);
    expect(await shown()).toEqual(expected);
    const { activeSteps } = (await fixture.stored.store.read(run.id)) ?? {};
    expect(activeSteps).toEqual([
      { key: 'call', name: 'call', type: 'files.list', scopes: [], startedAt },
    ]);
    release[0]?.();
    const completed = await fixture.until(run.id, 'completed');
    expect(completed).not.toHaveProperty('currentSteps');
    expect(completed).not.toHaveProperty('activeSteps');
  });

  it('is aborted when another process cancels its run, although calls in progress are still being stored', async () => {
    const { store } = fixture.stored;
    const compareAndSet: typeof store.compareAndSet = (run, changes) =>
      changes.currentSteps === undefined
        ? store.compareAndSet(run, changes)
        : new Promise(() => undefined);
    const process = fixture.process({
      store: overriding(store, { compareAndSet }),
      execute: hold,
    });
    process.executor.start();
    const run = await fixture.start(process, steps('call'));
    await untilCalled(1);
    for (let second = 0; second < 3; second += 1) await fixture.clock.advance(1_000);
    const elsewhere = { cancel: () => undefined };
    await cancelRun({ store, executor: elsewhere, clock: fixture.clock }, run.id);
    await fixture.clock.advance(1_000);
    await fixture.until(run.id, 'cancelled');
  });

  it('is shown once when the run was taken again before its earlier execution had ended', async () => {
    const process = fixture.process({ execute: hold, isStillOwner: async () => true });
    const run = await fixture.start(process, steps('call'));
    process.executor.execute(run);
    process.executor.start();
    await untilCalled(2);
    const shown = async () => (await fixture.stored.store.read(run.id))?.currentSteps;
    while ((await shown()) === undefined) await fixture.clock.advance(1_000);
    expect(await shown()).toHaveLength(1);
  });
});
