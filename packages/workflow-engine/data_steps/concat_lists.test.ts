import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { failureOf, runStep } from './data_step.mock.ts';

const concat = (arrays: unknown, settings?: unknown): Promise<unknown> =>
  runStep('data.concat', settings === undefined ? { arrays } : { arrays, with: settings });

describe('data.concat', () => {
  it('joins lists in their order, and treats null and missing values as empty lists', async () => {
    expect(await concat([[1, [2]], null, undefined, [], ['a', null]])).toEqual([1, [2], 'a', null]);
  });

  it.each<[unknown, unknown]>([
    [undefined, [1, [2, [3, [4]]]]],
    [false, [1, [2, [3, [4]]]]],
    [true, [1, 2, [3, [4]]]],
    [2, [1, 2, 3, [4]]],
    [10, [1, 2, 3, 4]],
  ])('with `flatten: %j` returns the list %j', async (flatten, expected) => {
    expect(await concat([[1], [[2, [3, [4]]]]], { flatten })).toEqual(expected);
  });

  it('with `dedupe` keeps the first of equal members, after flattening', async () => {
    const arrays = [
      [1, '1', { a: 1, b: 2 }],
      [[1], { b: 2, a: 1 }, null, null],
    ];
    expect(await concat(arrays, { dedupe: true, flatten: true })).toEqual([
      1,
      '1',
      { a: 1, b: 2 },
      null,
    ]);
  });

  it('flattens any lists in the same way as Array.prototype.flat', async () => {
    const anyLists = fc.array(fc.array(fc.jsonValue()), { minLength: 1, maxLength: 50 });
    await fc.assert(
      fc.asyncProperty(anyLists, fc.integer({ min: 1, max: 10 }), async (arrays, flatten) => {
        const lists: readonly unknown[] = arrays;
        expect(await concat(lists)).toEqual(lists.flat());
        expect(await concat(lists, { flatten })).toEqual(lists.flat(1 + flatten));
      }),
    );
  });

  it.each<[unknown, unknown, string]>([
    ['[[1]]', {}, '`arrays` must be a list, but is text. Write `${{ }}`'],
    [[], {}, '`arrays` has 0 members; 1 to 50 are allowed'],
    [Array.from({ length: 51 }, () => []), {}, '`arrays` has 51 members; 1 to 50 are allowed'],
    [[[1], 'a'], {}, '`arrays[1]` must be a list or null, but is text'],
    [[[1], { a: 1 }], {}, '`arrays[1]` must be a list or null, but is an object'],
    [[[1]], { flatten: 11 }, '`with.flatten` must be a whole number from 1 to 10'],
    [[[1]], { flatten: '1' }, '`with.flatten` must be true, false or a whole number from 1 to 10'],
    [[[1]], { dedupe: 1 }, '`with.dedupe` must be true or false, but is the number 1'],
  ])('fails for the lists %j with the options %j', async (arrays, settings, message) => {
    expect(await failureOf(concat(arrays, settings))).toContain(`InvalidStepInput: ${message}`);
  });

  it('fails if the joined list has more than 100,000 members', async () => {
    const list = Array.from({ length: 100_000 }, () => 1);
    expect(await concat([list, [], null])).toHaveLength(100_000);
    const message = 'OutputTooLarge: The joined list has more than 100000 members.';
    expect(await failureOf(concat([list, [1]]))).toBe(message);
    expect(await failureOf(concat([[list], [[1]]], { flatten: true }))).toBe(message);
  });
});
