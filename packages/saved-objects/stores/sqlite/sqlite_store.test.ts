import { afterEach, beforeEach, expect, it } from 'vitest';
import { aNote, GLOBAL, idsUpTo, NOTE, noteKey, putAll } from '../../conformance/documents.ts';
import type { DocumentStore } from '../../store/document_store.ts';
import { createSqliteStore } from './index.ts';

let store: DocumentStore;
beforeEach(async () => {
  store = createSqliteStore({ path: ':memory:' });
  await store.prepare([NOTE, GLOBAL]);
});
afterEach(() => store.close());

/** Returns the number of turns of the event loop during some work. */
async function turnsDuring(work: () => Promise<unknown>): Promise<number> {
  let turns = 0;
  let pending = setImmediate(count);
  function count(): void {
    turns += 1;
    pending = setImmediate(count);
  }
  await work();
  clearImmediate(pending);
  return turns;
}

it('a read of many documents with large attributes ends its turn of the event loop after every 25', async () => {
  const ids = idsUpTo(100);
  await putAll(
    store,
    ids.map((id) => aNote(id, { title: id })),
  );
  const fields = { names: ['title'], modelVersions: { [NOTE.name]: 1 } };
  let found: readonly unknown[] = [];
  const turns = await turnsDuring(async () => {
    found = await store.getMany(ids.map(noteKey), NOTE.name, fields);
  });
  expect(found).toMatchObject(ids.map((id) => ({ attributes: { title: id } })));
  expect(turns).toBeGreaterThanOrEqual(3);
});

it('a read of many small documents takes one turn of the event loop', async () => {
  const keys = idsUpTo(100).map((id) => `${GLOBAL.name}:${id}`);
  expect(await turnsDuring(() => store.getMany(keys, GLOBAL.name))).toBe(0);
});
