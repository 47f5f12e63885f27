import { describe, expect, it } from 'vitest';
import { splitPath, valueAt } from './read_path.ts';

const VALUE: unknown = JSON.parse('{"a":[{"b":1},{"b":null}],"text":"x","__proto__":{"c":2}}');

describe('valueAt', () => {
  it.each<[string, unknown]>([
    ['a[0].b', 1],
    ['a.1.b', null],
    ['a.length', 2],
    ['__proto__.c', 2],
    ['', VALUE],
    ['a.b', undefined],
    ['a[2].b', undefined],
    ['text.length', undefined],
    ['constructor.name', undefined],
    ['missing.path', undefined],
  ])('for the path %j returns %j', (path, expected) => {
    expect(valueAt(VALUE, splitPath(path))).toEqual(expected);
  });
});
