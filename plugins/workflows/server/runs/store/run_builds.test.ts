import { systemRandomness } from '@latchkey/core/server';
import { createLoggerMock } from '@latchkey/core/server/mocks';
import {
  createSavedObjectsService,
  type DocumentStore,
  type SavedObjectsType,
} from '@latchkey/saved-objects';
import { createSqliteStore } from '@latchkey/saved-objects/sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { concurrencyType } from './concurrency_type.ts';
import { RunStore } from './run_store.ts';
import {
  definitionType,
  type JournalAttributes,
  journalType,
  type RunAttributes,
  runType,
  SPACE_RUN_TYPES,
  valueType,
} from './run_types.ts';
import { aRun } from './stored_runs.mock.ts';

const AT = '2030-01-01T00:00:00.000Z';
const STEP = { key: 'loop', name: 'loop', type: 'foreach', scopes: [], startedAt: AT };

/** Attributes of runs that only the newer build knows. */
const ADDED = {
  startedAt: AT,
  recordCharacters: 5_000,
  takeovers: 2,
  countedFor: 'handlers:u_eve',
  openSteps: [STEP],
  activeSteps: [{ ...STEP, key: 'call', name: 'call', type: 'files.list' }],
  concurrencyGroupKey: 'customer 7',
  cancelledBy: 'ben',
  parentStepKey: 'start',
  unauthorizedCalls: [{ stepKey: 'call', since: 0, earlierWaits: 1, reason: 'missing_scope' }],
} satisfies Partial<RunAttributes>;

/** The type without some attributes, as an older build declares it. */
function without(type: SavedObjectsType, names: readonly string[]): SavedObjectsType {
  const { create } = type.modelVersions[1]?.schemas ?? {};
  if (create === undefined) throw new Error(`Type [${type.name}] has no first model version.`);
  const kept = Object.entries(create.shape).filter(([name]) => !names.includes(name));
  const schema = z.strictObject(Object.fromEntries(kept));
  const schemas = { create: schema, forwardCompatibility: schema };
  return { ...type, modelVersions: { 1: { changes: [], schemas } } };
}

let store: DocumentStore;
let stops: (() => Promise<void>)[];
beforeEach(() => {
  store = createSqliteStore({ path: ':memory:' });
  stops = [];
});
afterEach(async () => {
  for (const stop of stops) await stop();
  await store.close();
});

/** Opens the store as a process of one build does. */
async function aProcess(run: SavedObjectsType, journal: SavedObjectsType) {
  const savedObjects = createSavedObjectsService({
    // The test itself closes the store, after both processes have ended.
    store: { ...store, close: async () => undefined },
    logger: createLoggerMock(),
    now: () => 0,
    uuid: () => systemRandomness.uuid(),
  });
  for (const type of [concurrencyType, run, journal, valueType, definitionType])
    savedObjects.setup.registerType(type);
  const { createRepository } = await savedObjects.start();
  stops.push(() => savedObjects.stop());
  const repository = createRepository({ includedHiddenTypes: [...SPACE_RUN_TYPES] });
  return { repository, store: new RunStore(repository, { now: () => 0 }) };
}
const both = async () => ({
  older: await aProcess(without(runType, Object.keys(ADDED)), without(journalType, ['openSteps'])),
  newer: await aProcess(runType, journalType),
});

describe('a run that servers of an older and a newer build write', () => {
  it.each(Object.entries(ADDED))(
    'keeps %s, which the older build does not know, when the older build changes the run',
    async (name, value) => {
      const { older, newer } = await both();
      await newer.store.create('run-1', aRun({ [name]: value }));
      const seen = await older.store.read('run-1');
      if (seen === undefined) throw new Error('The older build cannot read the run.');
      const changed = await older.store.compareAndSet(seen, { status: 'failed', finishedAt: AT });
      expect(changed).toBeDefined();
      expect(await newer.store.read('run-1')).toMatchObject({ status: 'failed', [name]: value });
    },
  );

  it('can be taken and ended by either build, and is read without attributes that it lacks', async () => {
    const { older, newer } = await both();
    await older.store.create('run-1', aRun({ owner: 'older' }));
    const created = await newer.store.read('run-1');
    if (created === undefined) throw new Error('The newer build cannot read the run.');
    for (const name of Object.keys(ADDED)) expect(created).not.toHaveProperty(name);
    await newer.store.compareAndSet(created, { ...ADDED, owner: 'newer', epoch: 1 });
    const taken = await older.store.read('run-1');
    if (taken === undefined) throw new Error('The older build cannot read the run.');
    const ended = await older.store.compareAndSet(taken, {
      status: 'completed',
      owner: undefined,
      epoch: 2,
      output: { done: true },
      seq: 1,
    });
    expect(ended).toMatchObject({ status: 'completed', epoch: 2 });
    expect(await newer.store.read('run-1')).toMatchObject({
      ...ADDED,
      status: 'completed',
      epoch: 2,
    });
  });

  it('has a journal that both builds can read and continue', async () => {
    const { older, newer } = await both();
    const run = await newer.store.create('run-1', aRun());
    const value = { kind: 'value' as const, key: 'x?if', value: true };
    const entry = { seq: 1, epoch: 0, records: [value], steps: 0, openSteps: [STEP] };
    expect(await newer.store.journal.addEntry(run, entry)).toBe(true);
    expect((await older.store.journal.readRecords(run)).records).toEqual([value]);
    const { openSteps: _, ...next } = entry;
    expect(await older.store.journal.addEntry(run, { ...next, seq: 2 })).toBe(true);
    const read = await newer.store.journal.readRecords(run);
    expect(read).toMatchObject({ seq: 2, openSteps: [] });
    const [first] = await newer.repository.bulkGet<JournalAttributes>([
      { type: journalType.name, id: 'run-1:1' },
    ]);
    expect(first?.attributes.openSteps).toEqual([STEP]);
  });
});
