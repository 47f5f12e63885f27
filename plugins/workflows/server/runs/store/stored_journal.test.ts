import { SavedObjectError } from '@latchkey/saved-objects';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type JournalStore, storedOpenSteps } from './journal_store.ts';
import type { RunStore, StoredRun } from './run_store.ts';
import { RunTaken, StoredJournal } from './stored_journal.ts';
import { aRun, aRunStore, overriding } from './stored_runs.mock.ts';

const NONE = { records: [], seq: 0, openSteps: [] };
const { signal } = new AbortController();
/** Clock whose pauses end immediately, so that tests need not wait during an outage. */
const clock = { sleep: async () => undefined };
const value = (key: string, text: unknown = 1) => ({ kind: 'value', key, value: text }) as const;

let stored: Awaited<ReturnType<typeof aRunStore>>;
let store: RunStore;
let run: StoredRun;
beforeEach(async () => {
  stored = await aRunStore();
  store = stored.store;
  run = await store.create('run-1', aRun());
});
afterEach(() => stored.stop());

describe('StoredJournal', () => {
  it('stores the records of a commit in one entry, in their order', async () => {
    const journal = new StoredJournal(store.journal, { run, stored: NONE, clock, signal });
    journal.add(value('a'));
    journal.add(value('b'));
    await journal.commit();
    journal.add(value('c'));
    await journal.commit();
    await journal.commit();
    expect(journal.seq).toBe(2);
    const stored = await store.journal.readRecords(run);
    expect(stored).toEqual({
      seq: 2,
      epoch: 0,
      emptyEntries: 0,
      openSteps: [],
      records: [value('a'), value('b'), value('c')],
    });
  });

  it('throws RunTaken when another process has written the next entry', async () => {
    const suspended = new StoredJournal(store.journal, { run, stored: NONE, clock, signal });
    await store.journal.addEntry(run, { seq: 1, epoch: 1, records: [], steps: 0 });
    suspended.add(value('late'));
    await expect(suspended.commit()).rejects.toThrow(RunTaken);
    expect((await store.journal.readRecords(run)).records).toEqual([]);
  });

  /** A store whose first writes of entries report an outage, although an entry may be written. */
  const failing = (times: number, how: { readonly isWritten: boolean }) => {
    let left = times;
    const addEntry: JournalStore['addEntry'] = async (...args) => {
      if (left <= 0) return store.journal.addEntry(...args);
      left -= 1;
      if (how.isWritten) await store.journal.addEntry(...args);
      throw new SavedObjectError('store_unavailable', 'down', { type: 'workflow_journal' });
    };
    return overriding(store.journal, { addEntry });
  };

  it.each([
    ['was not written', false],
    ['was written', true],
  ])('repeats an entry during an outage of the store when the entry %s', async (_, isWritten) => {
    const away = failing(3, { isWritten });
    const journal = new StoredJournal(away, { run, stored: NONE, clock, signal });
    journal.add(value('a'));
    await journal.commit();
    expect(await store.journal.readRecords(run)).toMatchObject({ seq: 1, records: [value('a')] });
  });

  it('leaves few records for the document of the run, and stores many records itself', async () => {
    const journal = new StoredJournal(store.journal, { run, stored: NONE, clock, signal });
    journal.add(value('small'));
    expect(await journal.takeTail()).toEqual([value('small')]);
    journal.add(value('large', 'x'.repeat(100_000)));
    expect(await journal.takeTail()).toEqual([]);
    expect((await store.journal.readRecords(run)).seq).toBe(1);
  });

  it('stores records of a long run only if one of them has waited since the previous check', async () => {
    const journal = new StoredJournal(store.journal, { run, stored: NONE, clock, signal });
    journal.add(value('a'));
    journal.commitWaiting();
    expect(await journal.takeTail()).toEqual([value('a')]);
    journal.add(value('b'));
    journal.commitWaiting();
    journal.add(value('c'));
    journal.commitWaiting();
    expect(await journal.takeTail()).toEqual([]);
    expect((await store.journal.readRecords(run)).records).toEqual([value('b'), value('c')]);
  });

  it('stores with each entry the enclosing steps that have not ended', async () => {
    const startedAt = new Date(0).toISOString();
    const open = (key: string) => ({ key, name: key, type: 'foreach', scopes: [], startedAt });
    const ended = { ...open('a'), status: 'completed', finishedAt: startedAt } as const;
    const stored = { records: [], seq: 0, openSteps: [open('a')] };
    const journal = new StoredJournal(store.journal, { run, stored, clock, signal });
    journal.begin(open('b'));
    journal.add(value('x'));
    await journal.commit();
    expect((await store.journal.readRecords(run)).openSteps).toEqual([open('a'), open('b')]);
    journal.add({ kind: 'step', ...ended });
    journal.begin(open('a'));
    await journal.commit();
    expect((await store.journal.readEnd(run)).openSteps).toEqual([open('b')]);
    expect((await store.journal.readRecords(run)).seq).toBe(2);
  });

  it('stores few characters of open steps, however long their names are', async () => {
    const startedAt = new Date(0).toISOString();
    const journal = new StoredJournal(store.journal, { run, stored: NONE, clock, signal });
    for (let index = 0; index < 20; index += 1) {
      const name = `${index}${'x'.repeat(1_000)}`;
      journal.begin({ key: `${index}`, name, type: 'foreach', scopes: [], startedAt });
    }
    journal.add(value('x'));
    await journal.commit();
    const { openSteps } = await store.journal.readEnd(run);
    expect(openSteps.map(({ key }) => key)).toEqual(['0', '1', '2']);
    expect(storedOpenSteps(journal.openSteps)).toEqual(openSteps);
  });

  it('finds the records with which it was created and the records that were added', () => {
    const journal = new StoredJournal(store.journal, {
      run,
      stored: { records: [value('a')], seq: 1, openSteps: [] },
      clock,
      signal,
    });
    journal.add(value('b'));
    expect(journal.earlier).toEqual([value('a')]);
    expect([journal.find('a'), journal.find('b'), journal.find('c')]).toEqual([
      value('a'),
      value('b'),
      undefined,
    ]);
  });
});

describe('RunStore', () => {
  it('counts entries without records at the end of the journal', async () => {
    await store.journal.addEntry(run, { seq: 1, epoch: 0, records: [value('a')], steps: 0 });
    for (const seq of [2, 3])
      await store.journal.addEntry(run, { seq, epoch: 1, records: [], steps: 0 });
    expect(await store.journal.readRecords(run)).toMatchObject({ seq: 3, emptyEntries: 2 });
  });

  it('reads the end of a journal without values that are stored in their own documents', async () => {
    const values = [value('large', 'x'.repeat(100_000))];
    await store.journal.addEntry(run, { seq: 1, epoch: 0, records: [], steps: 0 });
    await store.journal.addEntry(run, { seq: 2, epoch: 0, records: values, steps: 3 });
    await store.journal.addEntry(run, { seq: 3, epoch: 1, records: [], steps: 3 });
    expect(await store.journal.readEnd(run)).toEqual({
      seq: 3,
      epoch: 1,
      steps: 3,
      openSteps: [],
      emptyEntries: 1,
    });
    for (let seq = 4; seq <= 60; seq += 1)
      await store.journal.addEntry(run, { seq, epoch: 1, records: [], steps: 3 });
    expect(await store.journal.readEnd(run)).toEqual({
      seq: 60,
      epoch: 1,
      steps: 3,
      openSteps: [],
      emptyEntries: 58,
    });
  });

  it('reads a journal with more entries than one read returns', async () => {
    for (let seq = 1; seq <= 120; seq += 1)
      await store.journal.addEntry(run, { seq, epoch: 0, records: [value(`r${seq}`)], steps: 0 });
    const { records, seq } = await store.journal.readRecords(run);
    expect([seq, records.length, records.at(-1)?.key]).toEqual([120, 120, 'r120']);
  });

  it('does not add an entry whose sequence number exists', async () => {
    const entry = { seq: 1, epoch: 0, records: [value('a')], steps: 0 };
    expect(await store.journal.addEntry(run, entry)).toBe(true);
    expect(await store.journal.addEntry(run, { ...entry, records: [value('b')] })).toBe(false);
  });

  it('does not overwrite a version that another process has written', async () => {
    expect(await store.compareAndSet(run, { status: 'completed' })).toMatchObject({
      status: 'completed',
    });
    expect(await store.compareAndSet(run, { status: 'failed' })).toBeUndefined();
  });

  it('stores the YAML only once when several runs have the same', async () => {
    const [first, second] = await Promise.all([
      store.storeDefinition('default', 'name: a'),
      store.storeDefinition('default', 'name: a'),
    ]);
    expect(first).toBe(second);
    expect(await store.readDefinition(first)).toBe('name: a');
  });
});
