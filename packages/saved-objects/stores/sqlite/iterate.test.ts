import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { aNote, idsOf, idsUpTo, NOTE, putAll } from '../../conformance/documents.ts';
import { type Filter, filter } from '../../filter/filter.ts';
import type { DocumentStore } from '../../store/document_store.ts';
import { createSqliteStore } from './index.ts';

// A scan of this many documents needs several steps.
const IDS = idsUpTo(4_500);
let store: DocumentStore;

beforeEach(async () => {
  store = createSqliteStore({ path: ':memory:' });
  await store.prepare([NOTE]);
  await putAll(
    store,
    IDS.map((id, i) => aNote(id, { title: i % 100 === 7 ? 'rare' : 'common', rank: i })),
  );
});
afterEach(() => store.close());

async function batchesOf(condition: Filter, batchSize: number) {
  const batches: (readonly string[])[] = [];
  const request = { types: [NOTE.name], filter: condition, batchSize };
  for await (const batch of store.iterate(request)) batches.push(idsOf(batch));
  return batches;
}

describe('iteration of a large table', () => {
  const rare = IDS.filter((_, i) => i % 100 === 7);

  it.each([1, 7, 20, 1000])(
    'finds each rare match once without an index, in batches of %p',
    async (batchSize) => {
      const batches = await batchesOf(filter.matches('title', 'rare'), batchSize);
      expect(batches.flat()).toEqual(rare);
      expect(Math.max(...batches.map(({ length }) => length))).toBeLessThanOrEqual(batchSize);
    },
  );

  it.each([1000, 2000, 2500])(
    'finds each frequent match once without an index, in batches of %p',
    async (batchSize) => {
      const common = filter.not(filter.equals('title', 'rare'));
      const found = (await batchesOf(common, batchSize)).flat();
      expect(found).toEqual(IDS.filter((id) => !rare.includes(id)));
    },
  );
});

it('F145: an iteration has smaller batches of large documents, and finds each once', async () => {
  const ids = idsUpTo(30).map((id) => `large-${id}`);
  const title = 'x'.repeat(1_000_000);
  await putAll(
    store,
    ids.map((id) => aNote(id, { title }, { namespace: 'large' })),
  );
  const batches: (readonly string[])[] = [];
  const request = { types: [NOTE.name], namespaces: ['large'], batchSize: 20 };
  for await (const batch of store.iterate(request)) batches.push(idsOf(batch));
  expect(batches.map(({ length }) => length)).toEqual([8, 8, 8, 6]);
  expect(batches.flat().toSorted()).toEqual(ids.toSorted());
});

describe('iteration within a namespace', () => {
  const teamIds = idsUpTo(2_100).map((id) => `${id}-team`);

  beforeEach(async () => {
    await putAll(
      store,
      teamIds.map((id, i) => aNote(id, { rank: i }, { namespace: 'team' })),
    );
  });

  async function idsWithin(namespaces: readonly string[], condition?: Filter) {
    const found: string[] = [];
    const request = {
      types: [NOTE.name],
      namespaces,
      batchSize: 300,
      ...(condition === undefined ? {} : { filter: condition }),
    };
    for await (const batch of store.iterate(request)) found.push(...idsOf(batch));
    return found;
  }

  it('finds only documents of the namespace, each once and in order', async () => {
    expect(await idsWithin(['team'])).toEqual(teamIds);
    expect(await idsWithin(['default'])).toEqual(IDS);
    expect(await idsWithin(['empty'])).toEqual([]);
  });

  it('finds documents of several namespaces', async () => {
    expect(await idsWithin(['team', 'default'])).toHaveLength(teamIds.length + IDS.length);
  });

  it('finds the matches of a filter, with and without an index', async () => {
    expect(await idsWithin(['team'], filter.equals('rank', 7))).toEqual([teamIds[7]]);
    const allButOne = filter.not(filter.equals('rank', 7));
    expect(await idsWithin(['team'], allButOne)).toEqual(teamIds.toSpliced(7, 1));
  });
});
