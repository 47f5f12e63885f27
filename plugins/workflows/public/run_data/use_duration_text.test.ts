import { expect, it } from 'vitest';
import { durationParts } from './use_duration_text.ts';

it.each([
  [0, [[0, 'millisecond']]],
  [999.6, [[1, 'second']]],
  [3_440, [[3.4, 'second']]],
  [59_900, [[59, 'second']]],
  [120_000, [[2, 'minute']]],
  [
    3_725_000,
    [
      [1, 'hour'],
      [2, 'minute'],
    ],
  ],
  [
    90_000_000,
    [
      [1, 'day'],
      [1, 'hour'],
    ],
  ],
])('a duration of %d milliseconds is formatted as %j', (ms, parts) => {
  expect(durationParts(ms).map(({ value, unit }) => [value, unit])).toEqual(parts);
});
