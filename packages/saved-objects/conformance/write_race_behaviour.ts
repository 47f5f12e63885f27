import { expect, it } from 'vitest';
import type { DocumentStore, StoredDocument } from '../store/document_store.ts';
import { StoreError } from '../store/store_error.ts';
import { aNote, NOTE, noteKey } from './documents.ts';
import type { ConformanceContext } from './store_under_test.ts';

const WRITERS = 16;

/** Registers tests of concurrent writes. */
export function itDecidesRaces({ store, reopen }: ConformanceContext): void {
  /** Returns the connections that the writers share. A second one acts like another process. */
  const connections = async (): Promise<readonly DocumentStore[]> => {
    const other = await reopen();
    return other === undefined ? [store()] : [store(), other];
  };

  it('succeeds for exactly one of many concurrent creates, and stores its document', async () => {
    const stores = await connections();
    for (let round = 0; round < 5; round += 1) {
      const id = `round-${round}`;
      const results = await writeConcurrently(stores, (each, writer) =>
        each.put(aNote(id, { writer }), { condition: { ifAbsent: true } }),
      );
      const written = successesOf(results);
      expect(written).toHaveLength(1);
      expect(await store().getMany([noteKey(id)], NOTE.name)).toEqual(written);
    }
  });

  it('succeeds for exactly one of many concurrent writes of a version', async () => {
    const stores = await connections();
    let current = await store().put(aNote('a'));
    for (let round = 0; round < 5; round += 1) {
      const condition = { ifVersion: current.version };
      const results = await writeConcurrently(stores, (each, writer) =>
        each.put(aNote('a', { round, writer }), { condition }),
      );
      const written = successesOf(results);
      expect(written).toHaveLength(1);
      const [stored] = await store().getMany([noteKey('a')], NOTE.name);
      expect([stored]).toEqual(written);
      if (stored !== undefined) current = stored;
    }
  });

  it('compares the condition with the stored document, not with the document that the writer passes', async () => {
    const readOne = async () => {
      const [read] = await store().getMany([noteKey('a')], NOTE.name);
      if (read === undefined) throw new Error('The document is missing.');
      return { replaces: read, condition: { ifVersion: read.version } };
    };
    await store().put(aNote('a', { rank: 1 }));
    const [first, same] = [await readOne(), await readOne()];
    const second = await store().put(aNote('a', { rank: 2 }), first);
    expect(await store().getMany([noteKey('a')], NOTE.name)).toEqual([second]);
    const outdated = store().put(aNote('a', { rank: 3 }), same);
    await expect(outdated).rejects.toMatchObject({ code: 'conflict' });
    // A migration keeps the version, so a writer that read the document before it may still write.
    const before = await readOne();
    await store().put(aNote('a', { rank: 2 }, { modelVersion: 2 }), {
      condition: { ifVersion: second.version, ifModelVersion: second.modelVersion },
      keepsVersion: true,
    });
    const last = await store().put(aNote('a', { rank: 4 }, { modelVersion: 2 }), before);
    expect(await store().getMany([noteKey('a')], NOTE.name)).toEqual([last]);
  });

  it('succeeds for exactly one of many concurrent migrations of a version', async () => {
    const stores = await connections();
    const { version, modelVersion } = await store().put(aNote('a'));
    const results = await writeConcurrently(stores, (each, writer) =>
      each.put(aNote('a', { writer }, { modelVersion: modelVersion + 1 }), {
        condition: { ifVersion: version, ifModelVersion: modelVersion },
        keepsVersion: true,
      }),
    );
    const written = successesOf(results);
    expect(written).toHaveLength(1);
    expect(await store().getMany([noteKey('a')], NOTE.name)).toEqual(written);
  });

  it('succeeds for exactly one of many concurrent deletes of a version', async () => {
    const stores = await connections();
    const { version } = await store().put(aNote('a'));
    const results = await writeConcurrently(stores, (each) =>
      each.delete(noteKey('a'), NOTE.name, { ifVersion: version }),
    );
    const deleted = results.filter(({ status, value }) => status === 'fulfilled' && value === true);
    expect(deleted).toHaveLength(1);
  });

  it('loses no increment when every writer reads the document again after a conflict', async () => {
    const stores = await connections();
    await store().put(aNote('counter', { count: 0 }));
    await Promise.all(
      Array.from({ length: WRITERS }, (_, i) => increment(stores[i % stores.length] ?? store())),
    );
    const [counter] = await store().getMany([noteKey('counter')], NOTE.name);
    expect(counter?.attributes['count']).toBe(WRITERS);
  });

  it('checks the condition of each write when many writes are committed together', async () => {
    await store().put(aNote('taken', { rank: 0 }));
    const ids = ['free-1', 'taken', 'free-2', 'taken', 'free-1'];
    const results = await Promise.allSettled(
      ids.map((id, rank) => store().put(aNote(id, { rank }), { condition: { ifAbsent: true } })),
    );
    expect(results[1]).toMatchObject({ status: 'rejected', reason: { code: 'conflict' } });
    expect(results[3]).toMatchObject({ status: 'rejected', reason: { code: 'conflict' } });
    expect(successesOf(results)).toHaveLength(2);
    expect(results[2]).toMatchObject({ status: 'fulfilled' });
    const read = await store().getMany(['taken', 'free-2'].map(noteKey), NOTE.name);
    expect(read.map((document) => document?.attributes['rank'])).toEqual([0, 2]);
  });
}

/**
 * Writes from all writers at the same time. Fails the test when an error is not a `conflict`.
 * @returns the results in the order of the writers
 */
async function writeConcurrently<T>(
  stores: readonly DocumentStore[],
  write: (store: DocumentStore, writer: number) => Promise<T>,
): Promise<readonly { readonly status: string; readonly value?: T }[]> {
  const writers = Array.from({ length: WRITERS }, (_, i) => i);
  const results = await Promise.allSettled(
    writers.map((i) => {
      const store = stores[i % stores.length];
      if (store === undefined) throw new Error('There is no store.');
      return write(store, i);
    }),
  );
  for (const result of results) {
    if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'conflict' });
  }
  return results;
}

function successesOf(
  results: readonly { readonly status: string; readonly value?: StoredDocument }[],
): readonly StoredDocument[] {
  return results.flatMap(({ status, value }) =>
    status === 'fulfilled' && value !== undefined ? [value] : [],
  );
}

async function increment(store: DocumentStore): Promise<void> {
  for (;;) {
    const [counter] = await store.getMany([noteKey('counter')], NOTE.name);
    if (counter === undefined) throw new Error('The counter does not exist.');
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
