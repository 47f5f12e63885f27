import { Text } from '@codemirror/state';
import { expect, it } from 'vitest';
import { offsetOf, rangeOf } from './text_positions.ts';

const doc = Text.of(['name: a', '', 'steps: []']);

it.each([
  [1, 1, 0],
  [1, 7, 6],
  [3, 1, 9],
  [1, 99, 7],
  [2, 5, 8],
  [0, 1, 0],
  [9, 1, 18],
])('the position in line %i and column %i has the offset %i', (line, column, offset) => {
  expect(offsetOf(doc, line, column)).toBe(offset);
});

it('a range whose end is before its start becomes empty', () => {
  expect(rangeOf(doc, { line: 3, column: 3, endLine: 1, endColumn: 1 })).toEqual({
    from: 11,
    to: 11,
  });
});
