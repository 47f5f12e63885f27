import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { failureOf, runStep } from './data_step.mock.ts';

const dedupe = (items: unknown, keys: unknown, more = {}): Promise<unknown> =>
  runStep('data.dedupe', { items, with: { keys }, ...more });

describe('data.dedupe', () => {
  const items = [
    { id: 1, user: { mail: 'a' } },
    { id: 2, user: { mail: 'b' } },
    { id: 3, user: { mail: 'a' } },
  ];

  it('keeps the first of the members with equal values', async () => {
    expect(await dedupe(items, ['user.mail'])).toEqual([items[0], items[1]]);
  });

  it('with `keep_last` keeps the last of equal members at the position of the first', async () => {
    const strategy = 'keep_last';
    expect(await dedupe(items, ['user.mail'], { strategy })).toEqual([items[2], items[1]]);
  });

  it('compares the values at all keys together when there are several keys', async () => {
    const pairs = [
      { a: 'x', b: 'y' },
      { a: 'x\ny', b: '' },
      { a: 'x', b: 'y' },
    ];
    expect(await dedupe(pairs, ['a', 'b'])).toEqual([pairs[0], pairs[1]]);
  });

  it.each<[string, readonly unknown[]]>([
    ['null and a missing value', [{ a: null }, {}]],
    ['a number and text', [{ a: 1 }, { a: '1' }]],
    ['lists in another order', [{ a: [1, 2] }, { a: [2, 1] }]],
    ['inherited names', [{}, { constructor: 1 }]],
  ])('distinguishes %s', async (_, different) => {
    expect(await dedupe(different, ['a', 'constructor'])).toEqual(different);
  });

  it('ignores the order of the fields of an object', async () => {
    const equal = [{ a: { x: 1, y: { z: 1, w: 2 } } }, { a: { y: { w: 2, z: 1 }, x: 1 } }];
    expect(await dedupe(equal, ['a'])).toEqual([equal[0]]);
  });

  it('treats __proto__ as an ordinary field', async () => {
    const different: unknown = JSON.parse('[{"__proto__":1},{"__proto__":2},{"__proto__":1}]');
    expect(JSON.stringify(await dedupe(different, ['__proto__']))).toBe(
      '[{"__proto__":1},{"__proto__":2}]',
    );
  });

  it('keeps one member for each distinct value, whatever the values are', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.record({ a: fc.jsonValue() })), async (list) => {
        const once = await dedupe(list, ['a']);
        expect(await dedupe(once, ['a'])).toEqual(once);
        expect(await dedupe([...list, ...list], ['a'])).toEqual(once);
      }),
    );
  });

  it('removes duplicates from the longest permitted list', async () => {
    const list = Array.from({ length: 100_000 }, (_, index) => ({ a: index % 50_000 }));
    expect(await dedupe(list, ['a'])).toHaveLength(50_000);
  });

  it.each<[unknown, string]>([
    [[], '`with.keys` has 0 members; 1 to 100 are allowed'],
    ['a', '`with.keys` must be a list, but is text'],
    [['a', ''], '`with.keys` must be a list of texts that are not empty, but is a list'],
  ])('fails when `keys` is %j', async (keys, message) => {
    expect(await failureOf(dedupe(items, keys))).toContain(`InvalidStepInput: ${message}`);
  });

  it('fails for an unknown strategy', async () => {
    expect(await failureOf(dedupe(items, ['id'], { strategy: 'keep' }))).toBe(
      'InvalidStepInput: `strategy` must be `keep_first` or `keep_last`, but is another text.',
    );
  });

  it('fails if the compared values are too large', async () => {
    const shared = Array.from({ length: 1_000 }, () => 'x'.repeat(1_000));
    const list = Array.from({ length: 30 }, (_, id) => ({ a: { id, shared } }));
    expect(await failureOf(dedupe(list, ['a']))).toContain('InvalidStepInput: The values');
  });
});
