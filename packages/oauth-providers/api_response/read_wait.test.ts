import { describe, expect, it } from 'vitest';
import { parseRetryAfter } from './read_wait.ts';

const NOW = new Date('2030-01-01T00:00:00Z');
const DAY_MS = 86_400_000;

describe('the delay of a Retry-After header', () => {
  it.each([
    ['120', 120_000],
    [' 0 ', 0],
    ['1.5', 1500],
    ['999999999999', DAY_MS],
    ['9'.repeat(400), DAY_MS],
    ['Tue, 01 Jan 2030 00:01:00 GMT', 60_000],
    ['Mon, 31 Dec 2029 23:00:00 GMT', 0],
    ['Tue, 01 Jan 2040 00:00:00 GMT', DAY_MS],
  ])('G91: with the value %o, is %i milliseconds', (header, ms) => {
    expect(parseRetryAfter(header, NOW)).toBe(ms);
  });

  it.each([
    undefined,
    null,
    '',
    '-5',
    'soon',
    '5 apples',
    '2030-01-01',
    '1e3',
    'Someday, never GMT',
    ['30', '60'],
  ])('is undefined for %o', (header) => {
    expect(parseRetryAfter(header, NOW)).toBeUndefined();
  });
});
