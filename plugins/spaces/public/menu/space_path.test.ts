import { expect, it } from 'vitest';
import { selectSpaces } from './select_spaces.ts';
import { spacePath } from './space_path.ts';

it.each([
  ['', 'default', '/'],
  ['/base', 'default', '/base/'],
  ['', 'sales', '/s/sales/'],
  ['/base', 'sales', '/base/s/sales/'],
])('the address under the base path "%s" of the space %s is %s', (basePath, id, path) => {
  expect(spacePath(basePath, id)).toBe(path);
});

it.each([
  ['SAL', ['sales']],
  ['team', ['hr']],
  ['', ['sales', 'hr']],
  ['x', []],
])('the search text "%s" finds the spaces %j by name or id', (search, ids) => {
  const spaces = [
    { id: 'sales', name: 'Revenue' },
    { id: 'hr', name: 'People team' },
  ];
  expect(selectSpaces(spaces, search).map(({ id }) => id)).toEqual(ids);
});
