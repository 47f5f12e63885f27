import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatDuration, parseDuration } from './duration.ts';

describe('parseDuration', () => {
  it.each([
    ['1w2d3h4m5s6ms', 788_645_006],
    ['90s', 90_000],
    ['1h30m', 5_400_000],
    ['0s', 0],
    ['5ms', 5],
    ['5m', 300_000],
  ])('parses %s as %i ms', (text, milliseconds) => {
    expect(parseDuration(text)).toBe(milliseconds);
  });

  it.each([
    ['', 'the empty string'],
    ['0', 'a number without a unit'],
    ['1.5s', 'decimals'],
    ['1m1h', 'units in rising order'],
    ['1s1s', 'a unit twice'],
    ['-1s', 'a sign'],
    [' 1s', 'a space'],
    ['1 s', 'a space before the unit'],
    ['1S', 'an upper-case unit'],
    ['99999999999999999w', 'more than a safe integer'],
  ])('returns undefined for %j: %s', (text) => {
    expect(parseDuration(text)).toBeUndefined();
  });

  it('parses every formatted duration to the same value', () => {
    fc.assert(
      fc.property(fc.nat({ max: 4_000_000_000_000 }), (milliseconds) => {
        expect(parseDuration(formatDuration(milliseconds))).toBe(milliseconds);
      }),
    );
  });
});
