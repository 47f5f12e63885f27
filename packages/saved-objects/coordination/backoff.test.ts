import { expect, it } from 'vitest';
import { backoffMs } from './backoff.ts';

const backoff = { initialMs: 100, maxMs: 5000 };

it('the backoff doubles the pause after each failure up to the maximum', () => {
  const pauses = [1, 2, 3, 4, 5, 6, 7, 8].map((failures) => backoffMs(backoff, failures));
  expect(pauses).toEqual([100, 200, 400, 800, 1600, 3200, 5000, 5000]);
});

it('the backoff stays at the maximum after any number of failures', () => {
  expect(backoffMs(backoff, 100_000)).toBe(5000);
});
