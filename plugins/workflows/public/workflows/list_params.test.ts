import { describe, expect, it } from 'vitest';
import { isFiltered, readSearch, writeSearch } from './list_params.ts';

const DEFAULTS = {
  text: '',
  tags: [],
  enabled: undefined,
  sort: 'name',
  isDescending: false,
  page: 1,
  perPage: 25,
};

describe('the search in the URL', () => {
  it('is the default search when there are no parameters, and is written without parameters', () => {
    expect(readSearch(new URLSearchParams())).toEqual(DEFAULTS);
    expect(writeSearch(readSearch(new URLSearchParams())).toString()).toBe('');
  });

  it('is the same after it was written and read', () => {
    const search = {
      text: 'drive & co',
      tags: ['a,b', 'c'],
      enabled: false,
      sort: 'lastUpdatedAt',
      isDescending: true,
      page: 3,
      perPage: 50,
    } as const;
    expect(readSearch(writeSearch(search))).toEqual(search);
  });

  it('has the last page that the server accepts when the number is larger', () => {
    expect(readSearch(new URLSearchParams('page=9999&per_page=100')).page).toBe(100);
  });

  it.each(['page=0', 'page=x', 'per_page=7', 'enabled=maybe', 'sort=yaml'])(
    'ignores %s',
    (query) => {
      expect(readSearch(new URLSearchParams(query))).toEqual(DEFAULTS);
    },
  );
});

it.each([
  ['q=drive', true],
  ['tag=a', true],
  ['enabled=true', true],
  ['q=+', false],
  ['sort=lastUpdatedAt&page=2', false],
])('the search %s counts as filtered (expected: %s)', (query, hides) => {
  expect(isFiltered(readSearch(new URLSearchParams(query)))).toBe(hides);
});
