import { expect, it } from '@jest/globals';
import type { DocumentStore, StoredDocument } from '../store/document_store.ts';
import { StoreError } from '../store/store_error.ts';
import { aNote, NOTE, noteKey } from './documents.ts';
import type { ConformanceContext } from './store_under_test.ts';

const WRITERS = 16;

export function itDecidesRaces({ store, reopen }: ConformanceContext): void {
  /** Writers spread over all connections there are, as in a cluster of processes. */
  const connections = async (): Promise<readonly DocumentStore[]> => {
    const other = await reopen();
    return other === undefined ? [store()] : [store(), other];
  };

  it('lets exactly one of many simultaneous creates win, and stores its document', async () => {
    const stores = await connections();
    for (let round = 0; round < 5; round += 1) {
      const id = `round-${round}`;
      const results = await raceOf(stores, (each, writer) =>
        each.put(aNote(id, { writer }), { condition: { ifAbsent: true } }),
      );
      const winners = wonBy(results);
      expect(winners).toHaveLength(1);
      expect(await store().getMany([noteKey(id)], NOTE.name)).toEqual(winners);
    }
  });

  it('lets exactly one of many simultaneous writes by version win, and stores its document', async () => {
    const stores = await connections();
    let current = await store().put(aNote('a'));
    for (let round = 0; round < 5; round += 1) {
      const condition = { ifVersion: current.version };
      const results = await raceOf(stores, (each, writer) =>
        each.put(aNote('a', { round, writer }), { condition }),
      );
      const winners = wonBy(results);
      expect(winners).toHaveLength(1);
      const [stored] = await store().getMany([noteKey('a')], NOTE.name);
      expect([stored]).toEqual(winners);
      if (stored !== undefined) current = stored;
    }
  });

  it('lets exactly one of many simultaneous migrations of a version win', async () => {
    const stores = await connections();
    const { version, modelVersion } = await store().put(aNote('a'));
    const results = await raceOf(stores, (each, writer) =>
      each.put(aNote('a', { writer }, { modelVersion: modelVersion + 1 }), {
        condition: { ifVersion: version, ifModelVersion: modelVersion },
        keepsVersion: true,
      }),
    );
    const winners = wonBy(results);
    expect(winners).toHaveLength(1);
    expect(await store().getMany([noteKey('a')], NOTE.name)).toEqual(winners);
  });

  it('lets exactly one of many simultaneous deletes by version win', async () => {
    const stores = await connections();
    const { version } = await store().put(aNote('a'));
    const results = await raceOf(stores, (each) =>
      each.delete(noteKey('a'), NOTE.name, { ifVersion: version }),
    );
    const deleted = results.filter(({ status, value }) => status === 'fulfilled' && value === true);
    expect(deleted).toHaveLength(1);
  });

  it('loses no increment when all writers re-read after a conflict', async () => {
    const stores = await connections();
    await store().put(aNote('counter', { count: 0 }));
    await Promise.all(
      Array.from({ length: WRITERS }, (_, i) => increment(stores[i % stores.length] ?? store())),
    );
    const [counter] = await store().getMany([noteKey('counter')], NOTE.name);
    expect(counter?.attributes['count']).toBe(WRITERS);
  });

  it('decides each of many writes made together by itself', async () => {
    await store().put(aNote('taken', { rank: 0 }));
    const ids = ['free-1', 'taken', 'free-2', 'taken', 'free-1'];
    const results = await Promise.allSettled(
      ids.map((id, rank) => store().put(aNote(id, { rank }), { condition: { ifAbsent: true } })),
    );
    expect(results[1]).toMatchObject({ status: 'rejected', reason: { code: 'conflict' } });
    expect(results[3]).toMatchObject({ status: 'rejected', reason: { code: 'conflict' } });
    expect(wonBy(results)).toHaveLength(2);
    expect(results[2]).toMatchObject({ status: 'fulfilled' });
    const read = await store().getMany(['taken', 'free-2'].map(noteKey), NOTE.name);
    expect(read.map((document) => document?.attributes['rank'])).toEqual([0, 2]);
  });
}

/** @returns the outcomes; anything but success and `conflict` fails the test */
async function raceOf<T>(
  stores: readonly DocumentStore[],
  write: (store: DocumentStore, writer: number) => Promise<T>,
): Promise<readonly { readonly status: string; readonly value?: T }[]> {
  const writers = Array.from({ length: WRITERS }, (_, i) => i);
  const results = await Promise.allSettled(
    writers.map((i) => {
      const store = stores[i % stores.length];
      if (store === undefined) throw new Error('A race needs a store.');
      return write(store, i);
    }),
  );
  for (const result of results) {
    if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'conflict' });
  }
  return results;
}

function wonBy(
  results: readonly { readonly status: string; readonly value?: StoredDocument }[],
): readonly StoredDocument[] {
  return results.flatMap(({ status, value }) =>
    status === 'fulfilled' && value !== undefined ? [value] : [],
  );
}

async function increment(store: DocumentStore): Promise<void> {
  for (;;) {
    const [counter] = await store.getMany([noteKey('counter')], NOTE.name);
    if (counter === undefined) throw new Error('The counter is gone.');
    const { version, ...rest } = counter;
    const count = Number(rest.attributes['count']) + 1;
    try {
      await store.put({ ...rest, attributes: { count } }, { condition: { ifVersion: version } });
      return;
    } catch (error) {
      if (!(error instanceof StoreError) || error.code !== 'conflict') throw error;
    }
  }
}
