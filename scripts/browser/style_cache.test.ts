import { expect, it } from '@jest/globals';
import { cachedSerialization, type SerializedStyles } from './style_cache.ts';

const styles = (name: string): SerializedStyles => ({ name, styles: `.${name}{}` });

function fixture() {
  let calls = 0;
  const serialize = cachedSerialization(([args]) => {
    calls += 1;
    return { name: String(calls), styles: JSON.stringify(args) };
  });
  return { serialize, calls: () => calls };
}

it('serializes equal lists of styles once, whatever conditions are not met', () => {
  const { serialize, calls } = fixture();
  const first = serialize([[styles('a'), false, styles('b')]]);
  expect(serialize([[styles('a'), undefined, styles('b')]])).toBe(first);
  expect(serialize([[styles('b'), null, styles('a')]])).not.toBe(first);
  expect(serialize([[styles('a'), styles('b')]])).not.toBe(first);
  expect(calls()).toBe(3);
});

it.each([
  ['an object', [[styles('a'), { color: 'red' }]]],
  ['a function', [[styles('a'), () => 'color: red']]],
  ['a nested list', [[[styles('a')]]]],
  ['a template', [Object.assign(['color: red'], { raw: ['color: red'] })]],
  ['an argument after the list that is no text', [[styles('a')], styles('b')]],
  ['a text first', ['color: red', 'color: blue']],
  ['a single style', [styles('a')]],
])('serializes each time what contains %s', (_, args) => {
  const { serialize, calls } = fixture();
  serialize(args);
  serialize(args);
  expect(calls()).toBe(2);
});

it('tells styles in a list from styles alone, and other registered styles after them', () => {
  const { serialize, calls } = fixture();
  const all = [
    [[styles('a')], 'color: red;'],
    [styles('a'), 'color: red;'],
    [[styles('a')], 'color: blue;'],
    [[styles('a')]],
  ];
  for (const args of [...all, ...all]) serialize(args);
  expect(calls()).toBe(all.length);
});

it('serializes each time what may name registered styles', () => {
  const { serialize, calls } = fixture();
  serialize([[styles('a')]], {});
  serialize([[styles('a')]], {});
  expect(calls()).toBe(2);
});
