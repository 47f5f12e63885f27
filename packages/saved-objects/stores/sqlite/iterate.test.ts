import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { aNote, idsOf, idsUpTo, NOTE, putAll } from '../../conformance/documents.ts';
import { type Filter, filter } from '../../filter/filter.ts';
import type { DocumentStore } from '../../store/document_store.ts';
import { SqliteConnection } from './connection.ts';
import { createSqliteStore } from './index.ts';
import { iterateTable } from './iterate.ts';
import { typeTable } from './tables.ts';
import { putDocument } from './write.ts';

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
    'finds each rare match once without an index, in batches of %o',
    async (batchSize) => {
      const batches = await batchesOf(filter.matches('title', 'rare'), batchSize);
      expect(batches.flat()).toEqual(rare);
      expect(Math.max(...batches.map(({ length }) => length))).toBeLessThanOrEqual(batchSize);
    },
  );

  it.each([1000, 2000, 2500])(
    'finds each frequent match once without an index, in batches of %o',
    async (batchSize) => {
      const common = filter.not(filter.equals('title', 'rare'));
      const found = (await batchesOf(common, batchSize)).flat();
      expect(found).toEqual(IDS.filter((id) => !rare.includes(id)));
    },
  );
});

it('F145: has smaller batches when documents are large, and finds each document once', async () => {
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

describe('iteration of a type with large attributes', () => {
  const table = typeTable(NOTE);
  let connection: SqliteConnection;
  beforeEach(() => {
    connection = new SqliteConnection(':memory:', 50);
    connection.addTables([table]);
  });
  afterEach(() => connection.close());

  /** Stores documents, of which one in four has the owner `ana`, and one in eight the city Ulm. */
  function putNotes(count: number): void {
    connection.db.exec('BEGIN');
    for (const [i, id] of idsUpTo(count).entries()) {
      const attributes = {
        owner: i % 4 === 0 ? 'ana' : 'ben',
        title: i % 2 === 0 ? 'even' : 'odd',
        place: { city: i % 8 === 0 ? 'Ulm' : 'Bonn' },
      };
      putDocument(connection, table, aNote(id, attributes), {});
    }
    connection.db.exec('COMMIT');
  }

  /**
   * Iterates with a condition. Returns the found ids, and the executed statements grouped by
   * whether they read all matches of an index.
   */
  async function workOf(condition: Filter) {
    const statement = vi.spyOn(connection, 'statement');
    const found: string[] = [];
    const sizes: number[] = [];
    const request = { types: [NOTE.name], filter: condition, batchSize: 100 };
    const scope = { connection, run: async <T>(work: () => T) => work() };
    for await (const batch of iterateTable(scope, table, request)) {
      found.push(...idsOf(batch));
      sizes.push(batch.length);
    }
    const executed = statement.mock.calls.map(([sql]) => sql);
    statement.mockRestore();
    const ofAllMatches = executed.filter((sql) => sql.includes('rowid IN (SELECT'));
    const ofDocuments = executed.filter((sql) => sql.includes(' attributes, '));
    return { found, sizes, ofAllMatches, ofDocuments };
  }

  it.each([
    ['a selective condition', 2_000, filter.equals('owner', 'ana'), 500],
    [
      'two selective conditions',
      2_000,
      filter.and(filter.equals('owner', 'ana'), filter.equals('place.city', 'Ulm')),
      250,
    ],
    ['a frequent condition', 13_600, filter.equals('owner', 'ben'), 10_200],
    ['words', 2_000, filter.matches('title', 'even'), 1_000],
    [
      'words and a condition without an index',
      2_000,
      filter.and(
        filter.matches('title', 'even'),
        filter.or(filter.equals('owner', 'ben'), filter.equals('place.city', 'Ulm')),
      ),
      750,
    ],
  ])(
    'for %s, reads all matches of an index once, and at most 25 documents per statement',
    async (_, count, condition, matches) => {
      putNotes(count);
      const { found, sizes, ofAllMatches, ofDocuments } = await workOf(condition);
      expect(found).toHaveLength(matches);
      expect(new Set(found).size).toBe(matches);
      expect(ofAllMatches).toHaveLength(1);
      expect(Math.max(...sizes)).toBeLessThanOrEqual(25);
      expect(ofDocuments.length).toBeLessThanOrEqual(count / 25 + 1);
      for (const sql of ofDocuments) expect(sql).not.toContain('rowid');
    },
  );

  it('reads at most 25 documents per statement for a condition without an index', async () => {
    putNotes(200);
    const { found, sizes } = await workOf(filter.not(filter.equals('owner', 'ana')));
    expect(found).toHaveLength(150);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(25);
  });

  it('finds the keys without reading a document', async () => {
    putNotes(10);
    const { ofAllMatches } = await workOf(filter.matches('title', 'even'));
    const plan = connection.db
      .prepare(`EXPLAIN QUERY PLAN ${ofAllMatches[0]}`)
      .all()
      .map(({ detail }) => String(detail));
    const reads = plan.filter((detail) => /^(SEARCH|SCAN) so_/.test(detail));
    expect(reads.length).toBeGreaterThanOrEqual(2);
    for (const read of reads) expect(read).toContain('USING COVERING INDEX');
  });
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
