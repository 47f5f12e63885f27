import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { afterWait, notBefore } from './retry_time.ts';

const NOW = Date.parse('2030-01-01T00:00:00Z');
const DAY_MS = 24 * 60 * 60_000;

describe('the instant of the next attempt', () => {
  it.each([
    ['0', '2030-01-01T00:00:00.000Z'],
    ['90', '2030-01-01T00:01:30.000Z'],
    ['Tue, 01 Jan 2030 00:01:30 GMT', '2030-01-01T00:01:30.000Z'],
    ['Mon, 31 Dec 2029 00:00:00 GMT', '2030-01-01T00:00:00.000Z'],
    ['99999999999999999999', '2030-01-02T00:00:00.000Z'],
    ['soon', undefined],
    ['-1 minute', undefined],
    ['', undefined],
    [undefined, undefined],
    [['30', '60'], undefined],
  ])('for the Retry-After value %j is %j', (value, expected) => {
    expect(notBefore(value, NOW)).toBe(expected);
  });

  it('is between now and one day from now, whatever a service sends', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.double(), fc.bigInt().map(String)), (value) => {
        const instant = typeof value === 'number' ? afterWait(value, NOW) : notBefore(value, NOW);
        if (instant === undefined) return;
        expect(Date.parse(instant)).toBeGreaterThanOrEqual(NOW);
        expect(Date.parse(instant)).toBeLessThanOrEqual(NOW + DAY_MS);
      }),
    );
  });

  it('is unknown if the wait is unknown', () => {
    expect(afterWait(undefined, NOW)).toBeUndefined();
  });
});
