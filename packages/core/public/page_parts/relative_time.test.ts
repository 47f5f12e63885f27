import { expect, it } from 'vitest';
import { relativeTime } from './relative_time_value.ts';

const NOW = Date.parse('2030-01-01T00:00:00Z');
const HOUR = 3600;

it.each([
  [0, 0, 'minute'],
  [-59, 0, 'minute'],
  [-60, -1, 'minute'],
  [-25 * HOUR, -1, 'day'],
  [40 * 24 * HOUR, 1, 'month'],
  [-800 * 24 * HOUR, -2, 'year'],
])('a time that is %d seconds from now is shown as %d %s', (seconds, value, unit) => {
  expect(relativeTime(new Date(NOW + seconds * 1000), NOW)).toEqual({ value, unit });
});
