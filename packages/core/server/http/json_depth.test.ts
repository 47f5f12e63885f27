import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isNestedTooDeeply, MAX_JSON_DEPTH } from './json_depth.ts';

const lists = (depth: number, inside = ''): string =>
  `${'['.repeat(depth)}${inside}${']'.repeat(depth)}`;

/** Computes the depth of a parsed value, for the comparison with the depth of its text. */
function depthOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map(depthOf));
}

describe('A24: a JSON text', () => {
  it.each([
    ['is accepted with lists at the limit', lists(MAX_JSON_DEPTH), false],
    ['is refused with lists beyond the limit', lists(MAX_JSON_DEPTH + 1), true],
    ['is refused with objects beyond the limit', `${'{"a":'.repeat(201)}1${'}'.repeat(201)}`, true],
    ['is refused with many lists that never close', '['.repeat(9000), true],
    [
      'is accepted with many lists beside each other',
      `[${lists(2).repeat(5000).replaceAll('][', '],[')}]`,
      false,
    ],
    ['is accepted with brackets in a string', JSON.stringify({ text: '[{'.repeat(5000) }), false],
    [
      'is accepted with brackets after an escaped quote',
      JSON.stringify({ text: `"${'['.repeat(999)}` }),
      false,
    ],
    ['is refused with nested lists around an escaped backslash', lists(201, '"\\\\"'), true],
    ['is accepted with brackets in a string that never ends', `["${'['.repeat(9000)}`, false],
    [
      'is accepted with little nesting after a long string',
      JSON.stringify(['[{'.repeat(999), [[]]]),
      false,
    ],
    ['is accepted without content', '', false],
  ])('%s', (_, text, expected) => {
    expect(isNestedTooDeeply(text)).toBe(expected);
  });

  it('gets the same result as its parsed value, for any JSON text', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 8 }), fc.integer({ min: 0, max: 6 }), (text, limit) => {
        expect(isNestedTooDeeply(text, limit)).toBe(depthOf(JSON.parse(text)) > limit);
      }),
      { numRuns: 500 },
    );
  });
});
