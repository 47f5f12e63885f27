import type { ExecutionResult } from '@latchkey/actions-plugin/server';
import { waitUntil } from '@latchkey/core/server/wait_until';
import { SavedObjectError, type SavedObjectsRepository } from '@latchkey/saved-objects';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { z } from 'zod';
import { RunStore } from '../store/run_store.ts';
import { overriding } from '../store/stored_runs.mock.ts';
import { aRunFixture, type RunFixture } from './run_fixture.mock.ts';

const called = z.object({ subActionParams: z.object({ id: z.string() }) });

let fixture: RunFixture;
let isFull: boolean;
let refusals: number;
/** Names of the calls so far, in their order. */
let calls: string[];
let release: (() => void)[];
beforeEach(async () => {
  fixture = await aRunFixture();
  isFull = false;
  refusals = 0;
  calls = [];
  release = [];
});
afterEach(async () => {
  for (const end of release) end();
  await fixture.close();
});

/** Wraps a repository so that it refuses writes while the disk is full. Reads work. */
function onDisk(repository: SavedObjectsRepository): SavedObjectsRepository {
  const ensureRoom = (type: string): void => {
    if (!isFull) return;
    refusals += 1;
    throw new SavedObjectError('store_unavailable', 'The disk is full.', { type });
  };
  return overriding(repository, {
    create: async (type, attributes, options) => {
      ensureRoom(type);
      return repository.create(type, attributes, options);
    },
    update: async (type, id, attributes, options) => {
      ensureRoom(type);
      return repository.update(type, id, attributes, options);
    },
    mutate: async (type, id, change, options) => {
      ensureRoom(type);
      return repository.mutate(type, id, change, options);
    },
  });
}

/** Starts a call that lasts until the test ends it. */
const hold = ({
  connectorId,
  params,
}: {
  readonly connectorId: string;
  readonly params: unknown;
}): Promise<ExecutionResult> => {
  calls.push(called.parse(params).subActionParams.id);
  return new Promise((resolve) => {
    release.push(() => resolve({ connectorId, status: 'ok', data: { done: true } }));
  });
};
const until = (isReached: () => boolean | Promise<boolean>) =>
  waitUntil('the state of the runs', isReached, { pause: () => fixture.clock.advance(1_000) });
const fill = `  - { name: fill, type: console, with: { message: "${'x'.repeat(1_600)}" } }`;
const call = (name: string) =>
  `  - { name: ${name}, type: files.create, connector-id: c1, with: { id: ${name} } }`;

it('J143: a run that must leave memory while the disk is full loses no result and repeats no call', async () => {
  const { repository, store } = fixture.stored;
  const process = fixture.process({
    store: new RunStore(onDisk(repository), { now: () => fixture.clock.now() }),
    maxRecordCharacters: 10_000,
    execute: hold,
    isStillOwner: async () => true,
  });
  const first = await fixture.start(process, `${fill}\n${call('e1')}`, 'eve');
  await until(() => calls.length === 1);
  const run = await fixture.start(process, `${call('e2')}\n${fill}\n${call('e3')}`, 'eve');
  await until(() => calls.length === 2);

  isFull = true;
  release[1]?.();
  await until(() => refusals > 5);
  expect(await store.read(run.id)).toMatchObject({ status: 'running' });
  expect(calls).toEqual(['e1', 'e2']);

  isFull = false;
  await until(async () => (await store.read(run.id))?.status === 'queued');
  expect(process.executor.has(run.id)).toBe(true);
  release[0]?.();
  await until(() => calls.length === 3);
  release[2]?.();
  for (const { id } of [first, run])
    await until(async () => (await store.read(id))?.status === 'completed');
  expect(calls).toEqual(['e1', 'e2', 'e3']);
  const { records } = await store.journal.readRecords(run);
  const { tail = [] } = (await store.read(run.id)) ?? {};
  const keys = z
    .array(z.object({ kind: z.string(), key: z.string() }))
    .parse([...records, ...tail]);
  const ended = keys.filter(({ kind }) => kind === 'step').map(({ key }) => key);
  expect(ended).toEqual(['e2', 'fill', 'e3']);
});
