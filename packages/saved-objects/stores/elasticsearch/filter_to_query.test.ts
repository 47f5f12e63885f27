import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Filter, filter } from '../../filter/filter.ts';
import type { FieldMapping } from '../../types/saved_objects_type.ts';
import { filterToQuery, type Query } from './filter_to_query.ts';

const MAPPINGS: Readonly<Record<string, FieldMapping>> = {
  owner: { type: 'keyword' },
  title: { type: 'text' },
  dueAt: { type: 'date' },
  rank: { type: 'long' },
  done: { type: 'boolean' },
};
const query = (condition: Filter): Query => filterToQuery(condition, MAPPINGS);

describe('the query of a filter', () => {
  it('compares instants as milliseconds, in every notation', () => {
    const expected = { range: { 'fields.dueAt': { lt: 1_893_456_000_000 } } };
    expect(query(filter.before('dueAt', new Date('2030-01-01')))).toEqual(expected);
    expect(query(filter.before('dueAt', '2030-01-01T01:00:00+01:00'))).toEqual(expected);
  });

  it.each([
    ['a number field with a text', filter.equals('rank', '5')],
    ['a flag with a number', filter.equals('done', 1)],
    ['an instant with another text', filter.equals('dueAt', 'tomorrow')],
    ['a text with half a surrogate pair', filter.equals('owner', '\ud800')],
    ['a field with no values', filter.isOneOf('owner', [])],
  ])('matches nothing when it compares %s', (_, condition) => {
    expect(query(condition)).toEqual({ match_none: {} });
  });

  it('orders false before true', () => {
    expect(query(filter.before('done', true))).toEqual({ term: { 'fields.done': false } });
    expect(query(filter.after('done', false))).toEqual({ term: { 'fields.done': true } });
    expect(query(filter.before('done', false))).toEqual({ match_none: {} });
  });

  it('splits a list of values that exceeds the limit of one query', () => {
    const values = Array.from({ length: 65_001 }, (_, i) => `v${i}`);
    const { bool } = query(filter.isOneOf('owner', values)) as { bool: { should: Query[] } };
    expect(bool.should).toHaveLength(2);
    expect(bool.should[1]).toEqual({ terms: { 'fields.owner': ['v65000'] } });
  });

  it('contains a value only where the query expects values', () => {
    const property = fc.property(fc.string({ minLength: 3 }), (value) => {
      fc.pre(value.isWellFormed());
      const built = query(filter.not(filter.or(filter.equals('owner', value), filter.and())));
      const should = [
        { bool: { should: [{ terms: { 'fields.owner': [value] } }], minimum_should_match: 1 } },
        { match_all: {} },
      ];
      const either = { bool: { should, minimum_should_match: 1 } };
      expect(built).toEqual({ bool: { must_not: [either] } });
    });
    fc.assert(property);
  });

  it('requires every word of a search text, and matches everything without words', () => {
    expect(query(filter.matches('title', '* !'))).toEqual({ match_all: {} });
    const { bool } = query(filter.matches('title', 'Two WORDS')) as { bool: { filter: Query[] } };
    expect(bool.filter).toHaveLength(2);
    expect(JSON.stringify(bool.filter[1])).toContain('"words"');
  });
});
