import { expect, it } from 'vitest';
import { filter } from '../filter/filter.ts';
import type { FieldSelection, StoredDocument } from '../store/document_store.ts';
import { aNote, GLOBAL, NOTE, noteKey, putAll } from './documents.ts';
import type { ConformanceContext } from './store_under_test.ts';

const LARGE = 'ü\n"\\'.repeat(50_000);
const ATTRIBUTES = {
  title: 'a "quoted" title',
  rank: 1.25,
  done: false,
  tags: ['x', 'y'],
  place: { city: 'Bern', note: null },
  nothing: null,
  text: LARGE,
};

/** Registers tests of reads that select some attributes of a document. */
export function itSelectsFields({ store }: ConformanceContext): void {
  const selecting = (...names: readonly string[]): FieldSelection => ({
    names,
    modelVersions: { [NOTE.name]: 1, [GLOBAL.name]: 1 },
  });
  /** The ways to read documents. Each function returns the attributes by the id of the document. */
  const reads = {
    search: async (fields: FieldSelection) => {
      const sort = [{ field: 'title', order: 'asc' }] as const;
      const request = { types: [NOTE.name], limit: 10, sort, fields };
      return attributesOf((await store().search(request)).documents);
    },
    'search with a filter': async (fields: FieldSelection) => {
      const condition = filter.exists('title');
      const request = { types: [NOTE.name], limit: 10, filter: condition, fields };
      return attributesOf((await store().search(request)).documents);
    },
    iteration: async (fields: FieldSelection) => {
      const found: StoredDocument[] = [];
      for await (const batch of store().iterate({ types: [NOTE.name], batchSize: 1, fields }))
        found.push(...batch);
      return attributesOf(found);
    },
    'iteration with a filter': async (fields: FieldSelection) => {
      const found: StoredDocument[] = [];
      const condition = filter.exists('title');
      const request = { types: [NOTE.name], batchSize: 1, filter: condition, fields };
      for await (const batch of store().iterate(request)) found.push(...batch);
      return attributesOf(found);
    },
    'read of many keys': async (fields: FieldSelection) => {
      const keys = ['a', 'b', 'c', 'missing'].map(noteKey);
      const found = await store().getMany(keys, NOTE.name, fields);
      expect(found.at(-1)).toBeUndefined();
      return attributesOf(found.filter((document) => document !== undefined));
    },
    'read of one key': async (fields: FieldSelection) => {
      const found: StoredDocument[] = [];
      for (const id of ['a', 'b', 'c'])
        for (const document of await store().getMany([noteKey(id)], NOTE.name, fields))
          if (document !== undefined) found.push(document);
      return attributesOf(found);
    },
  };
  const kinds = Object.entries(reads);

  it.each(kinds)('returns the selected attributes only (%s)', async (_, read) => {
    await putAll(store(), [aNote('a', ATTRIBUTES), aNote('b', { title: 'b', text: 'short' })]);
    expect(await read(selecting('title', 'rank', 'done', 'tags', 'place', 'nothing'))).toEqual({
      a: {
        title: 'a "quoted" title',
        rank: 1.25,
        done: false,
        tags: ['x', 'y'],
        place: { city: 'Bern', note: null },
        nothing: null,
      },
      b: { title: 'b' },
    });
    expect(await read(selecting('text', 'unknown'))).toEqual({
      a: { text: LARGE },
      b: { text: 'short' },
    });
    expect(await read(selecting())).toEqual({ a: {}, b: {} });
  });

  it.each(kinds)(
    'returns all attributes of a document that has another model version (%s)',
    async (_, read) => {
      await putAll(store(), [
        aNote('a', { title: 'a', rank: 1, text: 'x' }),
        aNote('b', { title: 'b', rank: 2, text: 'x' }, { modelVersion: 2 }),
      ]);
      expect(await read(selecting('title'))).toEqual({
        a: { title: 'a' },
        b: { title: 'b', rank: 2, text: 'x' },
      });
    },
  );

  it('returns everything except attributes as it does without a selection', async () => {
    const references = [{ name: 'r', type: NOTE.name, id: 'b' }];
    const written = await store().put(aNote('a', ATTRIBUTES, { references }), {
      visibleToSearch: true,
    });
    const expected = { ...written, attributes: { done: false } };
    const fields = selecting('done');
    const { documents } = await store().search({ types: [NOTE.name], limit: 1, fields });
    expect(documents).toEqual([expected]);
    expect(await store().getMany([noteKey('a')], NOTE.name, fields)).toEqual([expected]);
  });

  it('selects attributes of documents of several types', async () => {
    await putAll(store(), [
      aNote('a', { title: 'a', rank: 1, text: LARGE }),
      aNote(
        'g',
        { title: 'g', rank: 2, text: LARGE },
        { key: `${GLOBAL.name}:g`, type: GLOBAL.name, namespace: undefined },
      ),
    ]);
    const { documents } = await store().search({
      types: [NOTE.name, GLOBAL.name],
      sort: [{ field: 'title', order: 'asc' }],
      limit: 10,
      fields: selecting('rank'),
    });
    expect(documents.map(({ type, attributes }) => [type, attributes])).toEqual([
      [NOTE.name, { rank: 1 }],
      [GLOBAL.name, { rank: 2 }],
    ]);
  });

  it('returns the newest write immediately when it reads by key', async () => {
    for (const rank of [1, 2, 3]) {
      await store().put(aNote('a', { rank, text: LARGE }));
      const [read] = await store().getMany([noteKey('a')], NOTE.name, selecting('rank'));
      expect(read?.attributes).toEqual({ rank });
    }
  });

  it.each(kinds)('refuses a name that needs escaping (%s)', async (_, read) => {
    await expect(read(selecting(`a"') --`))).rejects.toThrow(TypeError);
  });
}

function attributesOf(documents: readonly StoredDocument[]): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    documents.map(({ key, attributes }) => [key.slice(key.indexOf(':') + 1), attributes]),
  );
}
