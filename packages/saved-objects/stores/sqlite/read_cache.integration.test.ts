import { stat } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { aNote, NOTE } from '../../conformance/documents.ts';
import type { DocumentStore } from '../../store/document_store.ts';
import { SqliteConnection } from './connection.ts';
import { createSqliteStore } from './index.ts';
import { createTemporaryFolder, type TemporaryFolder } from './sqlite_store.mock.ts';

/** A function per phase of the event loop that runs its callback in this phase. */
const PHASES = [
  ['a timer', (run: () => Promise<void>) => void setTimeout(run, 1)],
  ['an immediate', (run: () => Promise<void>) => void setImmediate(run)],
  ['an I/O event', (run: () => Promise<void>) => stat('.', run)],
] as const;

let folder: TemporaryFolder;
/** Two connections to one file, like those of two processes. */
let stores: readonly [DocumentStore, DocumentStore];

beforeEach(async () => {
  folder = await createTemporaryFolder();
  stores = [createSqliteStore({ path: folder.file }), createSqliteStore({ path: folder.file })];
  for (const store of stores) await store.prepare([NOTE]);
});
afterEach(async () => {
  for (const store of stores) await store.close();
  await folder.remove();
});

async function read(store: DocumentStore, id: string) {
  const [document] = await store.getMany([aNote(id).key], NOTE.name);
  return document;
}

describe('repeated reads by key', () => {
  it('return the same frozen document until it is written', async () => {
    const [store] = stores;
    await store.put(aNote('a', { title: 'first' }));
    await read(store, 'a');
    const cached = await read(store, 'a');
    expect(await read(store, 'a')).toBe(cached);
    expect(Object.isFrozen(cached)).toBe(true);
    expect(Object.isFrozen(cached?.attributes)).toBe(true);
  });

  it('return the latest commit of another connection', async () => {
    const [ours, theirs] = stores;
    await ours.put(aNote('a', { title: 'first' }));
    for (let i = 0; i < 3; i += 1) await read(ours, 'a');
    await theirs.put(aNote('a', { title: 'second' }));
    expect((await read(ours, 'a'))?.attributes).toMatchObject({ title: 'second' });
    await theirs.delete(aNote('a').key, NOTE.name);
    expect(await read(ours, 'a')).toBeUndefined();
  });

  it('check for other commits once for all reads that start in the same turn of the event loop', async () => {
    const [ours, theirs] = stores;
    const versions = vi.spyOn(SqliteConnection.prototype, 'dataVersion');
    for (const id of ['a', 'b']) await theirs.put(aNote(id));
    for (const id of ['a', 'b', 'a', 'b']) await read(ours, id);
    await nextTurn();
    versions.mockClear();
    const readBoth = async () => [await read(ours, 'a'), await read(ours, 'b')];
    await Promise.all([readBoth(), readBoth()]);
    expect(versions).toHaveBeenCalledTimes(1);
    versions.mockRestore();
  });

  it.each(PHASES)(
    'return a commit of another connection that follows a read, in %s',
    async (_, start) => {
      const [ours, theirs] = stores;
      await theirs.put(aNote('a', { title: 'first' }));
      for (let i = 0; i < 3; i += 1) await read(ours, 'a');
      const db = new DatabaseSync(folder.file);
      const commit = (title: string) =>
        db.exec(`UPDATE "so_${NOTE.name}" SET attributes = '{"title":"${title}"}'`);
      const titles = await new Promise((resolve) => {
        start(async () => {
          const before = (await read(ours, 'a'))?.attributes['title'];
          start(async () => {
            commit('second');
            const after = read(ours, 'a');
            commit('third');
            resolve([before, (await after)?.attributes['title']]);
          });
        });
      });
      db.close();
      expect(titles).toEqual(['first', 'third']);
    },
  );

  it('see every write of any connection, in any order of reads and writes', async () => {
    const who = fc.constantFrom(0 as const, 1 as const);
    const id = fc.constantFrom('a', 'b', 'c');
    const step = fc.oneof(
      { weight: 4, arbitrary: fc.record({ does: fc.constant('read' as const), who, id }) },
      fc.record({ does: fc.constant('put' as const), who, id, title: fc.string({ maxLength: 5 }) }),
      fc.record({ does: fc.constant('delete' as const), who, id }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60, size: 'max' }), async (steps) => {
        const titles = new Map<string, string>();
        for (const each of ['a', 'b', 'c']) await stores[0].delete(aNote(each).key, NOTE.name);
        for (const now of steps) {
          const store = stores[now.who];
          if (now.does === 'put') {
            await store.put(aNote(now.id, { title: now.title }));
            titles.set(now.id, now.title);
          } else if (now.does === 'delete') {
            await store.delete(aNote(now.id).key, NOTE.name);
            titles.delete(now.id);
          } else {
            const found = await read(store, now.id);
            expect(found?.attributes['title']).toBe(titles.get(now.id));
          }
        }
      }),
      { numRuns: 40 },
    );
  });

  it('never return a write that was not committed', async () => {
    const [store] = stores;
    await store.put(aNote('a', { title: 'first' }));
    for (let i = 0; i < 3; i += 1) await read(store, 'a');
    const refused = store.put(aNote('a', { title: 'refused' }), { condition: { ifAbsent: true } });
    await expect(refused).rejects.toMatchObject({ code: 'conflict' });
    expect((await read(store, 'a'))?.attributes).toMatchObject({ title: 'first' });
  });
});
