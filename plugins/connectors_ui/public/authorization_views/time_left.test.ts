import { expect, it } from 'vitest';
import { timeLeft } from './time_left.ts';

it.each([
  [600_000, '10:00'],
  [599_001, '9:59'],
  [5000, '0:05'],
  [-1, '0:00'],
])('%d ms before the end, the remaining time is shown as %s', (ms, text) => {
  expect(timeLeft(ms, 0)).toBe(text);
});
