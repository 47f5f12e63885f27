import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { aNote, NOTE } from '../../conformance/documents.ts';
import { type Filter, filter } from '../../filter/filter.ts';
import { SqliteConnection } from './connection.ts';
import { searchDocuments } from './search.ts';
import { planSearch } from './search_plan.ts';
import { typeTable } from './tables.ts';
import { putDocument } from './write.ts';

const table = typeTable({ ...NOTE, largeAttributes: [] });
const largeTable = typeTable(NOTE);
const COMMON = 10_500;
let connection: SqliteConnection;

beforeEach(() => {
  connection = new SqliteConnection(':memory:', 50);
  connection.addTables([table]);
});
afterEach(() => connection.close());

/** Returns the query plans of SQLite for the page and for the total. */
function explain(condition: Filter, of = table): { readonly page: string; readonly count: string } {
  const plan = planSearch(connection, of, { filter: condition, namespaces: ['default'] });
  const steps = (select: string, part: typeof plan.page): string =>
    connection.db
      .prepare(`EXPLAIN QUERY PLAN SELECT ${select} FROM ${table.table} WHERE ${part.sql}`)
      .all(...part.params)
      .map(({ detail }) => String(detail))
      .join('\n');
  return { page: steps('*', plan.page), count: steps('COUNT(*)', plan.count) };
}

function putMany(count: number, attributes: (i: number) => Record<string, unknown>): void {
  connection.db.exec('BEGIN');
  for (let i = 0; i < count; i += 1) {
    putDocument(connection, table, aNote(`n${i}`, attributes(i)), {});
  }
  connection.db.exec('COMMIT');
}

describe('the plan of a search', () => {
  it.each([
    ['a keyword', filter.equals('owner', 'x'), 'field_owner'],
    ['one of many keywords', filter.isOneOf('owner', ['x', 'y']), 'field_owner'],
    ['a range of instants', filter.before('dueAt', new Date(0)), 'field_dueAt'],
    ['a range of numbers', filter.after('rank', 5), 'field_rank'],
    ['a nested attribute', filter.equals('place.city', 'Ulm'), 'field_place.city'],
    ['a missing attribute', filter.not(filter.exists('owner')), 'field_owner'],
    ['the model version', filter.before('modelVersion', 1), 'field_modelVersion'],
  ])('uses the index of %s for the page and the total', (_, condition, index) => {
    const { page, count } = explain(condition);
    expect(page).toMatch(new RegExp(`^SEARCH .* USING INDEX so_conformance_note__${index} `));
    expect(count).toMatch(new RegExp(`^SEARCH .* COVERING INDEX so_conformance_note__${index} `));
  });

  it('is empty when the selective condition matches no document', () => {
    putMany(3, (rank) => ({ owner: 'everyone', rank }));
    const planOf = (condition: Filter) => planSearch(connection, table, { filter: condition });
    expect(planOf(filter.after('rank', 5))).toMatchObject({ isDriven: true, isEmpty: true });
    expect(planOf(filter.after('rank', 1))).toMatchObject({ isDriven: true, isEmpty: false });
  });

  it('uses the index of the selective condition, although SQLite would prefer the equality', () => {
    putMany(COMMON, (rank) => ({ owner: 'everyone', rank }));
    const { page } = explain(
      filter.and(filter.equals('owner', 'everyone'), filter.before('rank', 3)),
    );
    expect(page).toContain('field_rank (<expr>');
    expect(page).not.toContain('field_owner');
  });

  it('uses no index of the filter for the page when no condition is selective', () => {
    putMany(COMMON, () => ({ owner: 'everyone' }));
    const plan = planSearch(connection, table, { filter: filter.equals('owner', 'everyone') });
    expect(plan.isDriven).toBe(false);
    expect(explain(filter.equals('owner', 'everyone')).page).not.toContain('field_owner');
  });

  it('reads no document to check conditions when the type has large attributes', () => {
    putMany(3, (rank) => ({ owner: 'everyone', rank, title: 'a word' }));
    const conditions = filter.and(
      filter.equals('owner', 'everyone'),
      filter.after('rank', 1),
      filter.matches('title', 'word'),
    );
    const { count } = explain(conditions, largeTable);
    for (const field of ['owner', 'rank', 'title'])
      expect(count).toContain(`USING COVERING INDEX so_conformance_note__field_${field}`);
    const { documents } = searchDocuments(connection, [largeTable], {
      types: [NOTE.name],
      filter: conditions,
      limit: 10,
    });
    expect(documents.map(({ attributes }) => attributes['rank'])).toEqual([2]);
  });

  it('finds words in the index of the field without reading documents', () => {
    const { page } = explain(filter.matches('title', 'word'));
    expect(page).toContain('COVERING INDEX so_conformance_note__field_title');
  });
});
