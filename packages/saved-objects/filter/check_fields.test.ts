import { describe, expect, it } from 'vitest';
import { checkFilterSize, findUnmappedField } from './check_fields.ts';
import { type Filter, filter } from './filter.ts';

const types = [
  { name: 'note', mappings: { owner: { type: 'keyword' }, rank: { type: 'long' } } },
  { name: 'task', mappings: { owner: { type: 'keyword' } } },
] as const;

describe('the search for an unmapped field', () => {
  it('returns a field that one of the searched types lacks', () => {
    const request = { filter: filter.not(filter.or(filter.equals('rank', 1))) };
    expect(findUnmappedField(types, request)).toEqual({ type: 'task', field: 'rank' });
  });

  it('returns undefined when all types have all fields', () => {
    const request = {
      filter: filter.equals('owner', 'x'),
      sort: [{ field: 'owner', order: 'asc' }] as const,
    };
    expect(findUnmappedField(types, request)).toBeUndefined();
  });

  it('does not accept an inherited member of an object as a mapping', () => {
    const request = { filter: filter.exists('constructor') };
    expect(findUnmappedField(types, request)).toMatchObject({ field: 'constructor' });
  });
});

describe('the limit of a filter', () => {
  it('refuses a filter that is nested too deeply or has too many conditions', () => {
    let nested: Filter = filter.exists('owner');
    for (let depth = 0; depth < 100; depth += 1) nested = filter.not(nested);
    expect(() => checkFilterSize(nested)).toThrow(TypeError);
    const wide = filter.or(...Array.from({ length: 1000 }, () => filter.exists('owner')));
    expect(() => checkFilterSize(wide)).toThrow(TypeError);
  });
});
