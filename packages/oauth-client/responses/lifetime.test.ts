import { describe, expect, it } from '@jest/globals';
import { parseExpiry, parseLifetime } from './lifetime.ts';

const NOW = new Date('2030-01-01T00:00:00Z');

describe('parseLifetime', () => {
  it.each([
    [3600, 3600],
    ['3600', 3600],
    [' 3600 ', 3600],
    [3599.9, 3599],
    ['3599.9', 3599],
    [2_147_483_647, 2_147_483_647],
  ])('G93: reads %p as %p seconds', (value, seconds) => {
    expect(parseLifetime(value)).toBe(seconds);
  });

  it.each([
    undefined,
    null,
    0,
    '0',
    -1,
    '-1',
    0.4,
    1e12,
    '1000000000000',
    Number.NaN,
    Number.POSITIVE_INFINITY,
    'soon',
    '1h',
    '0x10',
    '1e3',
    '',
    true,
    [3600],
    {},
  ])('G93: treats %p as not said', (value) => {
    expect(parseLifetime(value)).toBeUndefined();
  });
});

describe('parseExpiry', () => {
  it.each(['2030-01-01T01:00:00Z', '2030-01-01T01:00:00.123456789Z', '2030-01-01T02:00:00+01:00'])(
    'reads the instant %s',
    (value) => {
      expect(parseExpiry(value, NOW)).toBe(3600);
    },
  );

  it.each(['0001-01-01T00:00:00Z', '2029-12-31T23:59:59Z', 'never', '2030', 1_900_000_000, null])(
    'G93: treats %p as not said',
    (value) => {
      expect(parseExpiry(value, NOW)).toBeUndefined();
    },
  );
});
