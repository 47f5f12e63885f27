import { expect, it } from 'vitest';
import { pageOf, readPageNumber, readPageSize } from './paging.ts';

it.each([
  [[1, 2, 3], 0, [1, 2], 0],
  [[1, 2, 3], 1, [3], 1],
  [[1, 2, 3], 9, [3], 1],
  [[1, 2], 1, [1, 2], 0],
  [[], 0, [], 0],
])('a table with the rows %j shows, on page %i, the rows %j', (items, index, shown, shownIndex) => {
  expect(pageOf<number>(items, { index, size: 2 })).toEqual({ items: shown, index: shownIndex });
});

it.each([
  [null, 1],
  ['3', 3],
  ['0', 1],
  ['1.5', 1],
  ['x', 1],
  ['999', 400],
])('the page number %j in a URL selects page %i, which the server accepts', (text, page) => {
  expect(readPageNumber(text, 25)).toBe(page);
});

it.each([
  [null, 25],
  ['50', 50],
  ['100', 100],
  ['1000', 25],
  ['x', 25],
])('the page size %j in a URL selects pages of %i rows', (text, size) => {
  expect(readPageSize(text)).toBe(size);
});
