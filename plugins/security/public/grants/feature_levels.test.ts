import { expect, it } from 'vitest';
import { levelsOf, privilegesWithoutEffect } from './feature_levels.ts';

const feature = (read: readonly string[], all: readonly string[]) => ({
  id: 'x',
  name: 'X',
  privileges: { read: { api: read }, all: { api: all } },
});
const every = ['none', 'read', 'all'];

it.each([
  ['more than `read`', ['get'], ['get', 'update'], every],
  ['the same as `read`', ['get'], ['get'], ['none', 'all']],
  ['something, and `read` nothing', [], ['create'], ['none', 'all']],
])(
  'the choice of levels offers only levels that differ when `all` grants %s',
  (_what, read, all, levels) => {
    expect(levelsOf(feature(read, all), 'none')).toEqual(levels);
  },
);

it('the choice of levels offers a stored level although it grants nothing, so that the form shows it', () => {
  expect(levelsOf(feature([], ['create']), 'read')).toEqual(every);
});

it('the choice of levels offers every level when the privileges of the feature are not known', () => {
  expect(levelsOf({ id: 'x', name: 'X' }, 'none')).toEqual(every);
});

it('privileges without effect are those of other features, and those that stand for no level', () => {
  const draft = {
    key: 'a',
    spaces: ['*'],
    base: 'custom',
    features: { x: 'read', discover: 'all', none: 'none', canvas: 'none', constructor: 'read' },
    stored: new Map([
      ['x', ['read', 'other']],
      ['discover', ['minimal_all']],
      ['canvas', ['any']],
    ]),
  } as const;
  const features = [{ id: 'x', name: 'X' }];
  expect(privilegesWithoutEffect(draft, features)).toEqual([
    'x: other',
    'discover: minimal_all',
    'canvas: any',
    'constructor: read',
  ]);
  expect(privilegesWithoutEffect({ ...draft, base: 'all' }, features)).toEqual([]);
});
